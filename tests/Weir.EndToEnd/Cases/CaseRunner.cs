using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Cases;

/// <summary>Plays a case.</summary>
internal static partial class CaseRunner
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>The names of a table, as theory rows.</summary>
    public static TheoryData<string> Names(IReadOnlyList<Case> table) => [.. table.Select(c => c.Name)];

    public static async Task RunAsync(IReadOnlyList<Case> table, string name)
    {
        var test = TestContext.Current;
        var one = table.Single(c => c.Name == name);
        var upstreams = new Dictionary<char, ScriptedModel>();
        WeirProcess? gateway = null;
        try
        {
            foreach (var letter in "ABC".Where(l => one.Config.Contains($"UPSTREAM_{l}", StringComparison.Ordinal) || l == 'A'))
            {
                upstreams[letter] = await ScriptedModel.StartAsync(
                    new ScriptedModelOptions
                    {
                        AnswerPrefix = $"{letter}: ",
                        Flavor = one.Azure.Contains(letter, StringComparison.Ordinal) ? ModelFlavor.Azure : ModelFlavor.OpenAI,
                    },
                    test.CancellationToken);
            }

            var world = new World(upstreams);
            one.Given?.Invoke(world);
            foreach (var letter in one.Down)
            {
                await upstreams[letter].StopListeningAsync();
            }

            gateway = world.Gateway = await WeirProcess.StartAsync(WithAddresses(one.Config, upstreams), one.Environment, ["--detailed_debug"], test.CancellationToken);
            await AskAllAsync(one, world, gateway, test.CancellationToken);
            Assert.Equal(one.Calls ?? "", one.Calls is null ? "" : CallsOf(upstreams));
            one.Then?.Invoke(world);
            await NothingIsLeftAsync(upstreams, test.CancellationToken);
            NoKeyIsPrinted(one, gateway.Output);
        }
        catch (Exception e) when (gateway is not null && e is Xunit.Sdk.XunitException or HttpRequestException or InvalidOperationException)
        {
            test.TestOutputHelper?.WriteLine($"weir printed:\n{gateway?.Output}");
            throw;
        }
        finally
        {
            if (gateway is not null)
            {
                await gateway.DisposeAsync();
            }

            foreach (var upstream in upstreams.Values)
            {
                await upstream.DisposeAsync();
            }
        }
    }

    public static async Task<Reply> SendAsync(HttpClient http, Ask ask, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(ask.Method), ask.Path);
        if (ask.Key is { } key)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        if (ask.Method is not ("GET" or "HEAD"))
        {
            request.Content = new ReadOnlyMemoryContent(ask.Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ask.ContentType);
        }

        foreach (var (name, value) in ask.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).Concat(response.TrailingHeaders)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));
        return new Reply((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public static void Judge(Ask ask, Reply reply)
    {
        Assert.True(ask.Status == reply.Status, $"status {reply.Status}, expected {ask.Status}; the body was:\n{reply.Body}");
        if (ask.End is { } end)
        {
            Assert.True(reply.End == end, $"the stream ended with {reply.End}, expected {end}:\n{reply.Body}");
        }

        if (ask.Message is { } message)
        {
            Assert.Contains(message, reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        if (ask.Status >= 400 && ask.Message is not null)
        {
            Assert.Equal($"{ask.Status}", reply.Error.GetProperty("code").GetString());
        }

        if (ask.Type is { } type)
        {
            Assert.Equal(type, reply.Error.GetProperty("type").GetString());
        }

        if (ask.Param is { } param)
        {
            Assert.Equal(param, reply.Error.GetProperty("param").GetString());
        }

        if (ask.Text is { } text)
        {
            Assert.Equal(text, reply.Text);
        }

        if (ask.Holds is { } holds)
        {
            Assert.Contains(holds, reply.Body, StringComparison.Ordinal);
        }

        if (ask.Lacks is { } lacks)
        {
            Assert.DoesNotContain(lacks, reply.Body, StringComparison.Ordinal);
        }

        foreach (var (name, value) in ask.ResponseHeaders)
        {
            Assert.True(reply.Headers.ContainsKey(name), $"no header {name}; there are: {string.Join(", ", reply.Headers.Keys)}");
            Assert.Contains(value, reply.Headers[name], StringComparison.Ordinal);
        }

        ask.Check?.Invoke(reply);
    }

    private static async Task AskAllAsync(Case one, World world, WeirProcess gateway, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
        using var http = new HttpClient(handler) { BaseAddress = gateway.Address, Timeout = AnswerLimit };
        foreach (var ask in one.Asks)
        {
            if (ask.Before is { } before)
            {
                await before(world, cancellationToken);
            }

            Judge(ask, await SendAsync(http, ask with { Body = WithAddresses(ask.Body, world.Upstreams) }, cancellationToken));
        }
    }

    /// <summary>Whatever happened, no upstream call may outlive its request.</summary>
    private static async Task NothingIsLeftAsync(Dictionary<char, ScriptedModel> upstreams, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        foreach (var upstream in upstreams.Values)
        {
            await upstream.WaitForIdleAsync(limit.Token);
        }
    }

    /// <summary>At debug level too, whatever the case was about, the log holds no key.</summary>
    private static void NoKeyIsPrinted(Case one, string printed)
    {
        Assert.DoesNotContain(WeirProcess.MasterKey, printed, StringComparison.Ordinal);
        foreach (Match written in ApiKey().Matches(one.Config))
        {
            Assert.DoesNotContain(written.Groups[1].Value, printed, StringComparison.Ordinal);
        }

        foreach (var (name, value) in one.Environment ?? new Dictionary<string, string>())
        {
            Assert.True(!name.EndsWith("KEY", StringComparison.Ordinal) || !printed.Contains(value, StringComparison.Ordinal), $"the value of {name} is in the log");
        }
    }

    [GeneratedRegex(@"api_key: (?!os\.environ)([\w-]{8,})")]
    private static partial Regex ApiKey();

    private static ReadOnlyMemory<byte> WithAddresses(ReadOnlyMemory<byte> body, IReadOnlyDictionary<char, ScriptedModel> upstreams) =>
        body.Span.IndexOf("UPSTREAM_"u8) < 0 ? body : Ask.Json(WithAddresses(Encoding.UTF8.GetString(body.Span), upstreams));

    private static string WithAddresses(string yaml, IReadOnlyDictionary<char, ScriptedModel> upstreams)
    {
        foreach (var (letter, model) in upstreams)
        {
            yaml = yaml.Replace($"UPSTREAM_{letter}", model.BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        }

        return yaml;
    }

    private static string CallsOf(Dictionary<char, ScriptedModel> upstreams) =>
        string.Join(' ', upstreams.OrderBy(u => u.Key).Select(u => $"{u.Key}{u.Value.RequestCount}"));
}
