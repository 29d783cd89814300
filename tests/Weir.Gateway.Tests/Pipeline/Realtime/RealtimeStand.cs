using System.Net.WebSockets;
using Weir.Gateway.Ledger;

namespace Weir.Gateway.Tests.Pipeline.Realtime;

/// <summary>The engine between a client and a model that the test both plays; the model is <c>m</c>, and <c>gpt-realtime</c> to the upstream.</summary>
internal sealed class RealtimeStand : IAsyncDisposable
{
    // A client that nobody holds is collected with its socket, in the middle of a test.
    private readonly List<Talk> _clients = [];

    private RealtimeStand(EngineStand engine, SocketUpstream upstream)
    {
        Engine = engine;
        Upstream = upstream;
    }

    public EngineStand Engine { get; }

    public SocketUpstream Upstream { get; }

    public static async Task<RealtimeStand> StartAsync(CancellationToken token, string settings = "", TimeProvider? time = null)
    {
        var upstream = await SocketUpstream.StartAsync(token);
        var root = upstream.Address.GetLeftPart(UriPartial.Authority);
        return new RealtimeStand(
            await EngineStand.StartAsync($"model_list:\n  - model_name: m\n    litellm_params: {{model: openai/gpt-realtime, api_base: '{root}/v1', api_key: sk-own}}\n{settings}", token, time), upstream);
    }

    /// <summary>Opens a session and returns both ends of it.</summary>
    public async Task<(Talk Client, Talk Model)> OpenAsync(string path = "/v1/realtime?model=m", Action<ClientWebSocketOptions>? options = null)
    {
        var token = TestContext.Current.CancellationToken;
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://{Engine.Http.BaseAddress!.Authority}{path}"), token); // The stand has an address.
        var client = new Talk(socket, socket.Abort);
        _clients.Add(client);
        return (client, Upstream.Take(token));
    }

    /// <summary>The only row, as far as it is written.</summary>
    public async Task<RequestRecord> RowAsync()
    {
        await Engine.Journal.FlushAsync(TestContext.Current.CancellationToken);
        return Assert.Single(Engine.Store.Rows);
    }

    /// <summary>The only row, once the session has ended.</summary>
    public async Task<RequestRecord> LastRowAsync()
    {
        await Engine.StopAsync(TestContext.Current.CancellationToken);
        return await RowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await Upstream.DisposeAsync();
        await Engine.DisposeAsync();
    }
}
