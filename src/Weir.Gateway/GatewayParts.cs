using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Audit;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway;

/// <summary>What the roof hands in.</summary>
public sealed record GatewayParts
{
    /// <summary>Where finished requests are written down.</summary>
    public required IRequestLedger Ledger { get; init; }

    /// <summary>Where what must be provable is written down.</summary>
    public IAuditTrail Audit { get; init; } = new NoAuditTrail();

    /// <summary>Makes loggers.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Chance for load balancing and jitter; must be safe for concurrent use.</summary>
    public required Random Random { get; init; }

    /// <summary>How sockets are opened.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Whose the files and batches are that upstreams keep.</summary>
    public IKeptIndex Kept { get; init; } = new MemoryKeptIndex();

    /// <summary>Keys, teams, users and the like.</summary>
    public IDirectoryStore Directory { get; init; } = new MemoryDirectoryStore();

    /// <summary>Where budgets are counted; null when there is no database: callers with a budget are then refused.</summary>
    public IBudgetStore? Budgets { get; init; }

    /// <summary>The name under which this process borrows from budgets; the same after a restart.</summary>
    public string Replica { get; init; } = "local";

    /// <summary>Prices.</summary>
    public PriceBook Prices { get; init; } = PriceBook.Embedded;

    /// <summary>Callers besides the one with the master key, by the hash of their key. A build without keys of its own has none.</summary>
    internal IReadOnlyDictionary<string, Caller>? OtherCallers { get; init; }

    /// <summary>Where forms with files lie while they are served, unless the configuration names a folder.</summary>
    public string UploadFolder { get; init; } = Path.Combine(Path.GetTempPath(), "weir-uploads");

    /// <summary>Version told to callers.</summary>
    public string Version { get; init; } = "0.0.0";
}
