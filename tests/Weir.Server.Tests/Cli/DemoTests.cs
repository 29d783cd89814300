using System.Globalization;

namespace Weir.Server.Tests.Cli;

/// <summary>The demo's story holds what it promises.</summary>
public sealed class DemoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_tells_the_story_without_any_network_and_exits()
    {
        using var folder = new Scratch();
        var isolated = await WeirRun.ProgramAsync(folder, "unshare", ["-n", "sh", "-c", "ip link set lo up"], Token) is { Exit: 0 };
        TestContext.Current.TestOutputHelper?.WriteLine(isolated ? "in a network of its own" : "no right to a network of its own: with the machine's");

        var (exit, output, error) = isolated
            ? await WeirRun.ProgramAsync(folder, "unshare", ["-n", "sh", "-c", $"ip link set lo up && exec dotnet '{WeirRun.Dll}' demo --once"], Token)
            : await WeirRun.ToEndAsync(folder, null, Token, "demo", "--once");

        Assert.True(exit == 0, output + error);
        Assert.Contains("A readiness probe tells Kubernetes", output, StringComparison.Ordinal);
        Assert.Contains("get_pod_logs", output, StringComparison.Ordinal);
        Assert.Contains("Azure goes down", output, StringComparison.Ordinal);
        Assert.Contains("1 fallback", output, StringComparison.Ordinal);
        Assert.Contains("was killed for memory", output, StringComparison.Ordinal);
        var rows = output.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1])
            .Where(cells => cells[0].Length > 0).ToList();
        Assert.Equal(["question", "tool call", "tool result"], rows[1..^1].Select(cells => cells[0]));
        Assert.Equal([true, true, false], rows[1..^1].Select(cells => cells[1].StartsWith("azure/", StringComparison.Ordinal)));
        var costs = rows[1..].Select(cells => decimal.Parse(cells[^1], CultureInfo.InvariantCulture)).ToList();
        // Each line is rounded for itself, so that the last digits may differ by one per line.
        Assert.InRange(costs[^1] - costs[..^1].Sum(), -0.000003m, 0.000003m);
        Assert.True(costs[0] > 0, "Azure costs money");
        Assert.DoesNotContain("goes on serving", output, StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    [Fact]
    public async Task It_goes_on_serving_until_it_is_stopped()
    {
        using var folder = new Scratch();
        await using var demo = WeirRun.Start(folder, new Dictionary<string, string> { ["OPENAI_API_KEY"] = "sk-of-the-user", ["TMPDIR"] = folder.Path }, "demo");
        await demo.PrintsAsync("\"hello\"", Token);

        var curl = demo.Out.Split('\n').Single(line => line.Contains("curl http", StringComparison.Ordinal));
        var address = curl[curl.IndexOf("http", StringComparison.Ordinal)..curl.IndexOf("v1/", StringComparison.Ordinal)];
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", curl[curl.IndexOf("sk-demo-", StringComparison.Ordinal)..curl.LastIndexOf('\'')]);

        Assert.Contains("You said: hello", await Texts.ChatAsync(http, "gpt-4o", Token), StringComparison.Ordinal);
        Assert.Equal(0, await demo.StopAsync("INT", Token));
        Assert.Contains("OPENAI_API_KEY", demo.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-of-the-user", demo.Out + demo.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(folder.Path, "weir-demo-*"));
    }
}
