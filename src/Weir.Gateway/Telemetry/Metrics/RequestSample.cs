using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>What one finished request tells the metrics. Filled from its record by the pipeline.</summary>
internal readonly ref struct RequestSample
{
    /// <summary>Who called; <see cref="GatewayMetrics.UnknownCaller"/> when the key was not known.</summary>
    public required CallerSeries Caller { get; init; }

    /// <summary>The deployment that answered or was tried last; null when none was picked.</summary>
    public DeploymentSeries? Deployment { get; init; }

    /// <summary>The model that the caller named. It becomes a label only when the configuration names it.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>The group that was matched (a wildcard as it is written); empty for none.</summary>
    public string Group { get; init; }

    /// <summary>The route's template, e.g. <c>/v1/chat/completions</c>; a constant of the endpoint list.</summary>
    public required string Route { get; init; }

    /// <summary>What was asked.</summary>
    public Operation Operation { get; init; }

    /// <summary>HTTP status sent to the caller (499 when the client had gone).</summary>
    public required int Status { get; init; }

    /// <summary>LiteLLM's name for the error (see <see cref="ExceptionClass"/>); null for success.</summary>
    public string? ErrorClass { get; init; }

    /// <summary>Whether the caller asked for a stream.</summary>
    public bool Streamed { get; init; }

    /// <summary>True when the client went away before its answer was whole.</summary>
    public bool ClientGone { get; init; }

    /// <summary>Units used.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>What it cost.</summary>
    public Money Cost { get; init; }

    /// <summary>False when no price is known.</summary>
    public bool CostKnown { get; init; }

    /// <summary>Whole duration.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Time spent in the gateway itself.</summary>
    public TimeSpan Overhead { get; init; }

    /// <summary>Until the first content left; null when none did.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }
}
