using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using Weir.TestKit.Server;
using Weir.TestKit.Wire;

namespace Weir.TestKit;

/// <summary>
/// A deterministic model server on 127.0.0.1: it streams, calls tools, thinks, counts its tokens, and misbehaves exactly as
/// told. It speaks OpenAI's chat and Responses (also with Azure's accent), Anthropic's Messages, Google's generateContent, Bedrock's
/// Converse, and simple forms of images, audio, moderations, rankings, files, batches and realtime sessions. It refuses what the
/// vendors refuse. The same request always gets the same answer.
/// </summary>
/// <remarks>
/// A token is a word with the white space before it (see <see cref="Tokens"/>); a streamed answer has one delta per token.
/// Unless the script says otherwise the answer repeats the last user message.
/// </remarks>
public sealed class ScriptedModel : IAsyncDisposable
{
    private readonly Listener _listener;

    private ScriptedModel(ScriptedModelOptions options)
    {
        Options = options;
        Requests = new RequestLog(options.RecordedRequests, options.RecordedBytes);
        _listener = new Listener(options, new RequestHandler(this), Traffic);
    }

    /// <summary>What the server was started with.</summary>
    public ScriptedModelOptions Options { get; }

    /// <summary>Root address, without <c>/v1</c>: <c>http://127.0.0.1:PORT/</c>.</summary>
    public Uri BaseAddress => _listener.Address;

    /// <summary>Root address with <c>/v1</c> and no slash at the end, as OpenAI clients and <c>api_base</c> want it.</summary>
    public string V1 => new Uri(BaseAddress, "v1").ToString();

    /// <summary>What the model says.</summary>
    public ModelScript Script { get; } = new();

    /// <summary>How the server misbehaves; may be changed at any time.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>What arrived, oldest first; the newest few when many came.</summary>
    public RequestLog Requests { get; }

    internal ServerState State { get; } = new();

    /// <summary>Connections, requests in flight, requests whose client went away.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Open TCP connections.</summary>
    public int OpenConnections => Traffic.OpenConnections;

    /// <summary>Requests whose client went away before the answer was complete.</summary>
    public int AbortedRequests => Traffic.AbortedRequests;

    /// <summary>Requests received since the start.</summary>
    public int RequestCount => Requests.Total;

    /// <summary>Starts a server.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ScriptedModel> StartAsync(ScriptedModelOptions options, CancellationToken cancellationToken)
    {
        var model = new ScriptedModel(options);
        await model._listener.StartAsync(cancellationToken);
        return model;
    }

    /// <summary>Starts a server with default settings.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static Task<ScriptedModel> StartAsync(CancellationToken cancellationToken) =>
        StartAsync(new ScriptedModelOptions(), cancellationToken);

    /// <summary>Closes the port and every connection: from now on a connect is refused.</summary>
    public Task StopListeningAsync() => _listener.StopAsync();

    /// <summary>Opens the same port again.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public Task ResumeListeningAsync(CancellationToken cancellationToken) => _listener.StartAsync(cancellationToken);

    /// <summary>Completes when no request is in flight.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForIdleAsync(CancellationToken cancellationToken) =>
        Traffic.WaitAsync(static t => t.ActiveRequests == 0, cancellationToken);

    /// <summary>Completes when no connection is open, pooled ones included.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForNoConnectionsAsync(CancellationToken cancellationToken) =>
        Traffic.WaitAsync(static t => t.OpenConnections == 0, cancellationToken);

    /// <summary>Completes when at least <paramref name="count"/> requests have arrived.</summary>
    /// <param name="count">Requests since the start.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellationToken) =>
        Traffic.WaitAsync(t => t.StartedRequests >= count, cancellationToken);

    /// <summary>Completes when at least <paramref name="count"/> requests were given up by their clients.</summary>
    /// <param name="count">Aborted requests since the start.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForAbortedAsync(int count, CancellationToken cancellationToken) =>
        Traffic.WaitAsync(t => t.AbortedRequests >= count, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _listener.StopAsync();
}
