using Weir.Gateway.Access;
using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Ledger;

/// <summary>How a request ended.</summary>
public enum RequestOutcome : byte
{
    /// <summary>The caller has the whole answer.</summary>
    Success,

    /// <summary>The caller got an error.</summary>
    Failure,

    /// <summary>The stream broke after content went out.</summary>
    Broken,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>It had begun when the process died, and nobody can tell how far it came: it is charged what was reserved for it.</summary>
    Interrupted,
}

/// <summary>One attempt at one deployment, part of the decision record.</summary>
/// <param name="DeploymentId">Which deployment.</param>
/// <param name="Group">The group it was picked for.</param>
/// <param name="Fault">Null when it answered.</param>
/// <param name="Status">The upstream's HTTP status, 0 for none.</param>
/// <param name="Duration">From pick to fault or to the response head.</param>
/// <param name="Candidates">How many deployments were eligible.</param>
/// <param name="CooledDown">How many were left out as cooling down.</param>
public readonly record struct AttemptRecord(
    string DeploymentId, string Group, FaultKind? Fault, int Status, TimeSpan Duration, int Candidates, int CooledDown);

/// <summary>What is written down about one request: the ledger row and its decision record. Filled by the pipeline, read by the journal.</summary>
public sealed class RequestRecord
{
    /// <summary>Call id (<c>x-litellm-call-id</c>), unique; the row's key.</summary>
    public required string CallId { get; set; }

    /// <summary>When the request was read.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>What was asked.</summary>
    public Operation Operation { get; set; }

    /// <summary>Whether the caller asked for a stream.</summary>
    public bool Streamed { get; set; }

    /// <summary>sha256 hex of the caller's key; empty when it was not known.</summary>
    public string KeyHash { get; set; } = "";

    /// <summary>The model that the caller named.</summary>
    public string RequestedModel { get; set; } = "";

    /// <summary>The group that answered (or the last tried).</summary>
    public string ModelGroup { get; set; } = "";

    /// <summary>The deployment that answered (or the last tried); empty for none.</summary>
    public string DeploymentId { get; set; } = "";

    /// <summary>Catalog name of its provider.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The upstream's model name.</summary>
    public string UpstreamModel { get; set; } = "";

    /// <summary>End user as the caller named it (<c>user</c>); empty for none.</summary>
    public string EndUser { get; set; } = "";

    /// <summary>How it ended.</summary>
    public RequestOutcome Outcome { get; set; }

    /// <summary>HTTP status sent to the caller.</summary>
    public int Status { get; set; }

    /// <summary>Error kind's wire type; empty for success.</summary>
    public string ErrorType { get; set; } = "";

    /// <summary>Units used.</summary>
    public TokenUsage Usage { get; set; }

    /// <summary>What it cost.</summary>
    public Money Cost { get; set; }

    /// <summary>False when no price is known: the cost is then zero and flagged.</summary>
    public bool CostKnown { get; set; }

    /// <summary>Whole duration.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Until the first content left for the caller; null when none did.</summary>
    public TimeSpan? TimeToFirstToken { get; set; }

    /// <summary>Time spent in the gateway itself until the request left for the upstream.</summary>
    public TimeSpan Overhead { get; set; }

    /// <summary>Groups tried after the first.</summary>
    public int Fallbacks { get; set; }

    /// <summary>Attempts, in order. At most 16 are kept in detail.</summary>
    public List<AttemptRecord> Attempts { get; } = [];

    /// <summary>Attempts made, also beyond those kept.</summary>
    public int AttemptCount { get; set; }

    /// <summary>What it took from which window, one for each scope that its spend is counted for and each window that limits it.</summary>
    public List<SpendCharge> Charges { get; } = [];

    /// <summary>
    /// Ties the row to the one that was written when the request began, so that it replaces it; 0 when none was. Unique in a replica's run.
    /// </summary>
    public long Ticket { get; set; }

    /// <summary>It says that a request begins: it stands in the ledger only if no row with its ticket follows.</summary>
    public bool IsOpening => Outcome == RequestOutcome.Interrupted && Ticket != 0;
}
