using Weir.Providers.Dialects;
using Weir.Providers.Streaming;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// An upstream's answer that can be passed on: whole, or a stream of which content has arrived. One owner; disposing ends the call that was
/// counted on its deployment.
/// </summary>
internal sealed class ModelAnswer : IDisposable
{
    internal ModelAnswer(UpstreamDeployment deployment, UpstreamModel model, IDialectGlance glance, HttpResponseMessage response, PooledTimeout timeout)
    {
        Glance = glance;
        Deployment = deployment;
        Model = model;
        Response = response;
        Timeout = timeout;
    }

    /// <summary>Who answers.</summary>
    internal UpstreamDeployment Deployment { get; }

    /// <summary>With which model.</summary>
    internal UpstreamModel Model { get; }

    /// <summary>Status and headers of the upstream.</summary>
    internal HttpResponseMessage Response { get; }

    /// <summary>The limit of time in force.</summary>
    internal PooledTimeout Timeout { get; }

    /// <summary>The whole body; null when it streams.</summary>
    internal UpstreamAnswer? Whole { get; init; }

    /// <summary>The answer is bytes that nobody here reads; they are still to come.</summary>
    internal bool IsBytes { get; init; }

    /// <summary>Reads along while such bytes pass; null when nobody can.</summary>
    internal PassingStream? Passing { get; init; }

    /// <summary>What was read in the whole body.</summary>
    internal AnswerFacts Facts { get; init; }

    /// <summary>The whole body as the caller gets it.</summary>
    internal ReadOnlyMemory<byte> Told { get; init; }

    /// <summary>Reads what passes.</summary>
    internal IDialectGlance Glance { get; }

    /// <summary>Says the stream in the caller's format; null when the upstream speaks it already.</summary>
    internal IStreamTranslation? Translator { get; init; }

    /// <summary>The open stream; null when the answer is whole.</summary>
    internal UpstreamStream? Stream { get; init; }

    /// <summary>The open answer that is no text; null when it is one.</summary>
    internal UpstreamBytes? Sound { get; init; }

    /// <summary>The open socket of a realtime session; null when something else was asked.</summary>
    internal System.Net.WebSockets.WebSocket? Socket { get; init; }

    /// <summary>What the caller is told that the whole body is.</summary>
    internal string ContentType { get; init; } = "application/json";

    /// <summary>Longest gap between two chunks.</summary>
    internal TimeSpan? IdleLimit { get; init; }

    /// <summary>Longest time from sending to the end.</summary>
    internal TimeSpan? WholeLimit { get; init; }

    /// <summary>When the request left for this upstream.</summary>
    internal long SentAt { get; init; }

    /// <summary>Starts the clock for the next chunk.</summary>
    internal void AwaitChunk(TimeProvider time) => Timeout.Arm(TimeLimits.Next(IdleLimit, WholeLimit, time.GetElapsedTime(SentAt)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Whole?.Dispose();
        Stream?.Dispose();
        Sound?.Dispose();
        Socket?.Dispose();
        Passing?.Dispose();
        Response.Dispose();
        Timeout.Dispose();
        Deployment.State.End();
    }
}
