using System.Text.Json;

namespace Weir.Server.Tests.Cli;

/// <summary>A configuration that changes under a running gateway.</summary>
public sealed class ReloadTests
{
    private const string Nowhere = "http://127.0.0.1:9/v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_swap_of_a_ConfigMap_is_followed()
    {
        using var folder = new Scratch();
        Directory.CreateDirectory(folder["..v1"]);
        Directory.CreateDirectory(folder["..v2"]);
        folder.Write("..v1/config.yaml", Texts.Config("first", Nowhere));
        folder.Write("..v2/config.yaml", Texts.Config("second", Nowhere));
        Directory.CreateSymbolicLink(folder["..data"], "..v1");
        File.CreateSymbolicLink(folder["config.yaml"], Path.Combine("..data", "config.yaml"));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        using var http = await weir.ClientAsync(Token);
        Assert.Contains("\"first\"", await ModelsAsync(http), StringComparison.Ordinal);

        // As the kubelet does it: a new link, renamed over the old one.
        Directory.CreateSymbolicLink(folder["..data_tmp"], "..v2");
        Assert.Equal(0, (await WeirRun.ProgramAsync(folder, "mv", ["-T", "..data_tmp", "..data"], Token)).Exit);

        await UntilAsync(async () => (await ModelsAsync(http)).Contains("\"second\"", StringComparison.Ordinal));
        Assert.DoesNotContain("\"first\"", await ModelsAsync(http), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_but_what_readiness_metrics_and_log_say()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        using var http = await weir.ClientAsync(Token);
        Assert.DoesNotContain("config_reload", await ReadinessAsync(http), StringComparison.Ordinal);

        folder.Write("config.yaml", "model_list: [\n");
        await weir.SignalAsync("HUP", Token);
        await weir.PrintsAsync("the earlier configuration stays in force", Token);

        await UntilAsync(async () => (await ReadinessAsync(http)).Contains("config_reload", StringComparison.Ordinal));
        using var readiness = JsonDocument.Parse(await ReadinessAsync(http));
        Assert.Equal("healthy", readiness.RootElement.GetProperty("status").GetString());
        Assert.StartsWith("failed at ", readiness.RootElement.GetProperty("config_reload").GetString(), StringComparison.Ordinal);
        Assert.Contains("weir_config_last_reload_successful 0", await GetAsync(http, "/metrics"), StringComparison.Ordinal);
        Assert.Contains("\"parrot\"", await ModelsAsync(http), StringComparison.Ordinal);

        folder.Write("config.yaml", Texts.Config("mended", Nowhere));
        await weir.SignalAsync("HUP", Token);
        await UntilAsync(async () => (await ModelsAsync(http)).Contains("\"mended\"", StringComparison.Ordinal));
        await UntilAsync(async () => !(await ReadinessAsync(http)).Contains("config_reload", StringComparison.Ordinal));
        Assert.Contains("weir_config_last_reload_successful 1", await GetAsync(http, "/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_master_key_counts_from_the_reload_on()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        using var old = await weir.ClientAsync(Token);
        using var renewed = await weir.ClientAsync(Token, "sk-renewed-0123456789");

        folder.Write("config.yaml", Texts.Config("parrot", Nowhere, "sk-renewed-0123456789"));
        await weir.SignalAsync("HUP", Token);

        await UntilAsync(async () => (await ModelsAsync(renewed)).Contains("\"parrot\"", StringComparison.Ordinal));
        Assert.Contains("Authentication Error", await ModelsAsync(old), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> met)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await met())
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static Task<string> ModelsAsync(HttpClient http) => GetAsync(http, "/v1/models");

    private static Task<string> ReadinessAsync(HttpClient http) => GetAsync(http, "/health/readiness");

    private static async Task<string> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }
}
