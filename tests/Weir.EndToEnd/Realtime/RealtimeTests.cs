using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Weir.EndToEnd.Clients;
using Weir.EndToEnd.Crossings;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Realtime;

/// <summary>Realtime sessions through the real gateway.</summary>
public sealed class RealtimeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_is_answered_and_written_down_at_its_exact_cost()
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync("talk", Token);

        await RealtimeWorld.AskAsync(socket, "hello there", Token);
        var events = await RealtimeWorld.UntilAsync(socket, "response.done", Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Token);

        Assert.Equal("You said: hello there", RealtimeWorld.TextOf(events));
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "done"), (socket.CloseStatus, socket.CloseStatusDescription));
        var usage = events[^1].GetProperty("response").GetProperty("usage");
        var (input, output) = (usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64());
        var row = Assert.Single((await RowsAsync(world)));
        // gpt-realtime: 4 USD per million tokens in, 16 out.
        Assert.Equal(("success", 101, "openai", "gpt-realtime", input, output, true, (4000 * input) + (16_000 * output)),
            (row.Outcome, row.Status, row.Provider, row.Model, row.Prompt, row.Completion, row.CostKnown, row.CostNanos));
        Assert.True(output > 0);
    }

    [Fact]
    public async Task Refusals_of_the_upstream_are_answers_of_HTTP()
    {
        await using var world = await RealtimeWorld.StartAsync(Token, "401", "429:1", "503", "404");

        Assert.Equal(401, (await world.RefusedAsync("talk~401", Token)).Status);
        Assert.Equal(429, (await world.RefusedAsync("talk~429:1", Token)).Status);
        Assert.Equal(404, (await world.RefusedAsync("talk~404", Token)).Status);
        var (status, id) = await world.RefusedAsync("talk~503", Token);
        Assert.Equal(503, status);
        Assert.Equal(401, (await world.RefusedAsync("talk", Token, "sk-wrong-0123456789")).Status);
        Assert.Equal(400, (await world.RefusedAsync("nobody", Token)).Status);

        var rows = await RowsAsync(world);
        // A wrong key leaves no row, as elsewhere.
        Assert.Equal(5, rows.Count);
        var row = Assert.Single(rows, r => r.CallId == id);
        Assert.Equal(("failure", 503, 0L, 2), (row.Outcome, row.Status, row.CostNanos, row.Attempts));
    }

    [Theory]
    [InlineData("pair", 0, 3)]
    [InlineData("broken", 1, 3)]
    public async Task A_session_that_one_deployment_refuses_is_opened_at_another(string model, int fallbacks, int attempts)
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync(model, Token);

        await RealtimeWorld.AskAsync(socket, "hello", Token);
        var events = await RealtimeWorld.UntilAsync(socket, "response.done", Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        Assert.Equal("You said: hello", RealtimeWorld.TextOf(events));
        var row = Assert.Single(await RowsAsync(world));
        Assert.Equal(("success", fallbacks, attempts), (row.Outcome, row.Fallbacks, row.Attempts));
    }

    [Theory]
    [InlineData("azure", "/openai/realtime", "?api-version=2025-04-01-preview&deployment=my-deployment")]
    [InlineData("azure-v1", "/openai/v1/realtime", "?model=my-deployment")]
    public async Task Azure_is_asked_on_its_own_routes(string model, string path, string query)
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync(model, Token);
        await RealtimeWorld.UntilAsync(socket, "session.created", Token);

        var asked = Assert.Single(world.Upstream.Requests);
        Assert.Equal((path, query, "sk-upstream"), (asked.Path, asked.Query, asked.Headers.Single(h => h.Key == "api-key").Value));
    }

    [Fact]
    public async Task An_upstream_that_is_cut_off_is_an_error_event_and_a_broken_row()
    {
        await using var world = await RealtimeWorld.StartAsync(Token, "cut:4");
        using var socket = await world.OpenAsync("talk~cut:4", Token);

        await RealtimeWorld.AskAsync(socket, "hello", Token);
        var events = await RealtimeWorld.UntilAsync(socket, "error", Token);
        Assert.Null(await RealtimeWorld.ReceiveAsync(socket, Token));

        Assert.Equal("server_error", events[^1].GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(WebSocketCloseStatus.InternalServerError, socket.CloseStatus);
        Assert.Equal("broken", Assert.Single(await RowsAsync(world)).Outcome);
    }

    [Fact]
    public async Task A_client_that_leaves_without_a_word_ends_the_upstreams_session_and_keeps_its_row()
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync("talk", Token);
        await RealtimeWorld.AskAsync(socket, "hello", Token);
        await RealtimeWorld.UntilAsync(socket, "response.done", Token);

        socket.Abort();
        await world.Upstream.WaitForIdleAsync(Token);

        var row = Assert.Single(await RowsAsync(world));
        Assert.Equal(("client_gone", true), (row.Outcome, row.CostKnown && row.CostNanos > 0));
    }

    [Fact]
    public async Task A_gateway_that_stops_tells_its_sessions_and_writes_them_down()
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync("talk", Token);
        await RealtimeWorld.AskAsync(socket, "hello", Token);
        await RealtimeWorld.UntilAsync(socket, "response.done", Token);

        var stopping = world.Gateway.StopAsync("TERM", Token);
        Assert.Null(await RealtimeWorld.ReceiveAsync(socket, Token));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(0, await stopping);
        Assert.Equal("success", Assert.Single(WrittenRow.Read(world.Gateway.Folder).SelectMany(rows => rows)).Outcome);
    }

    [Fact]
    public async Task A_response_that_has_begun_may_end_before_the_gateway_does()
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        var gate = new Gate();
        world.Upstream.Faults.Enqueue(Fault.HangAfter(6, gate));
        using var socket = await world.OpenAsync("talk", Token);
        await RealtimeWorld.AskAsync(socket, "hello", Token);
        await gate.Reached;
        await RealtimeWorld.UntilAsync(socket, "response.created", Token);

        var stopping = world.Gateway.StopAsync("TERM", Token);
        await RefusesAsync(world);
        gate.Open();
        await RealtimeWorld.UntilAsync(socket, "response.done", Token);
        Assert.Null(await RealtimeWorld.ReceiveAsync(socket, Token));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(0, await stopping);
        var row = Assert.Single(WrittenRow.Read(world.Gateway.Folder).SelectMany(rows => rows));
        Assert.Equal(("success", true), (row.Outcome, row.CostKnown && row.CostNanos > 0));
    }

    [Fact]
    public async Task A_socket_may_be_a_stream_of_HTTP_2()
    {
        await using var world = await RealtimeWorld.StartAsync(Token);
        using var socket = await world.OpenAsync("talk", Token, HttpVersion.Version20);

        await RealtimeWorld.AskAsync(socket, "hello", Token);

        Assert.Equal("You said: hello", RealtimeWorld.TextOf(await RealtimeWorld.UntilAsync(socket, "response.done", Token)));
    }

    [Theory]
    [InlineData("realtime.mjs")]
    [InlineData("realtime.mjs --azure")]
    public async Task OpenAIs_client_for_JavaScript_talks_through_the_gateway(string script)
    {
        await using var world = await RealtimeWorld.StartAsync(Token, "cut:5");
        world.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var seen = await NodeClients.RunAsync([.. script.Split(' '), "--model", "talk"], world.Root, WeirProcess.MasterKey, Token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values) + "\n" + world.Gateway.Output);
        Assert.Equal(("You said: hello", 1000), (Word("conversation", "text"), seen["conversation"].GetProperty("code").GetInt32()));
        Assert.True(seen["conversation"].GetProperty("output").GetInt32() > 0);
        Assert.Equal(("The tool answered: sunny in Bern", 1), (Word("tool", "text"), seen["tool"].GetProperty("calls").GetInt32()));
        Assert.Equal(("session.model", "mine", "You said: hello"), (Word("other", "param"), Word("other", "event"), Word("other", "text")));
        Assert.Equal(("server_error", 1011), (Word("cut", "type"), seen["cut"].GetProperty("code").GetInt32()));
        Assert.Contains("401", Word("wrongKey", "message"), StringComparison.Ordinal);

        string? Word(string name, string member) => seen[name].GetProperty(member) is { ValueKind: JsonValueKind.String } text ? text.GetString() : seen[name].ToString();
    }

    /// <summary>Waits until the gateway takes no more connections: it has begun to stop.</summary>
    private static async Task RefusesAsync(RealtimeWorld world)
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(world.Gateway.Address.Host, world.Gateway.Address.Port, Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    /// <summary>The rows, once the gateway has ended.</summary>
    private static async Task<List<WrittenRow>> RowsAsync(RealtimeWorld world)
    {
        await world.Gateway.StopAsync("TERM", Token);
        return [.. WrittenRow.Read(world.Gateway.Folder).SelectMany(rows => rows)];
    }
}
