using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Tests;

/// <summary>Realtime sessions over WebSocket.</summary>
public sealed class RealtimeTests
{
    private const string Item = """{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"hello there"}]}}""";
    private const string Respond = """{"type":"response.create"}""";

    [Fact]
    public async Task A_session_answers_what_was_said_and_reports_usage()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k" });
        using var socket = await ConnectAsync(wired, "k");

        var created = await ReceiveAsync(socket);
        await SendAsync(socket, Item);
        var events = new List<JsonElement> { await ReceiveAsync(socket), await ReceiveAsync(socket) };
        await SendAsync(socket, Respond);
        do
        {
            events.Add(await ReceiveAsync(socket));
        }
        while (Type(events[^1]) != "response.done");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Wired.Token);

        Assert.Equal("session.created", Type(created));
        Assert.Equal("gpt-realtime", created.GetProperty("session").GetProperty("model").GetString());
        Assert.Equal("You said: hello there", string.Concat(events.Where(e => Type(e) == "response.output_text.delta").Select(e => e.GetProperty("delta").GetString())));
        Assert.Equal(5, events[^1].GetProperty("response").GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(4, events[^1].GetProperty("response").GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal([Item, Respond], wired.Model.Requests.Where(r => r.Method == "WEBSOCKET").Select(r => r.BodyText));
    }

    [Fact]
    public async Task A_tool_is_called_and_an_unknown_event_is_an_error()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        using var socket = await ConnectAsync(wired, "k");
        _ = await ReceiveAsync(socket);

        await SendAsync(socket, """{"type":"nonsense","event_id":"e1"}""");
        var error = await ReceiveAsync(socket);
        await SendAsync(socket, Respond);
        JsonElement last;
        do
        {
            last = await ReceiveAsync(socket);
        }
        while (Type(last) != "response.done");

        Assert.Equal("e1", error.GetProperty("error").GetProperty("event_id").GetString());
        Assert.Equal("""{"city":"Bern"}""", last.GetProperty("response").GetProperty("output")[0].GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task A_session_may_be_cut_or_end_with_an_error()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.CutAfter(1), Fault.ErrorEvent(1));

        using var cut = await ConnectAsync(wired, "k");
        _ = await ReceiveAsync(cut);
        await SendAsync(cut, Respond);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => ReceiveAsync(cut));
        using var broken = await ConnectAsync(wired, "k");
        _ = await ReceiveAsync(broken);
        await SendAsync(broken, Respond);
        var error = await ReceiveAsync(broken);

        Assert.Equal("server_error", error.GetProperty("error").GetProperty("type").GetString());
        await wired.Model.WaitForIdleAsync(Wired.Token);
        Assert.Equal(0, wired.Model.AbortedRequests);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_before_the_handshake_and_a_plain_request_is_told_to_upgrade()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k" });

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(wired, "wrong"));
        wired.Http.DefaultRequestHeaders.Add("api-key", "k");
        using var plain = await wired.Http.GetAsync("/v1/realtime?model=m", Wired.Token);

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        Assert.Equal(426, (int)plain.StatusCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Wired wired, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        await socket.ConnectAsync(new Uri($"ws://{wired.Model.BaseAddress.Authority}/v1/realtime?model=gpt-realtime"), Wired.Token);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Wired.Token);

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[4_096];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, Wired.Token);
            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(whole.ToArray()).RootElement;
    }

    private static string? Type(JsonElement message) => message.GetProperty("type").GetString();
}
