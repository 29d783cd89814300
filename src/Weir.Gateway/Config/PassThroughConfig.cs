using System.Collections.Immutable;
using Weir.Providers;

namespace Weir.Gateway.Config;

/// <summary>What goes on to other servers as it is: endpoints of the file, and vendors' own APIs under their prefixes.</summary>
public sealed record PassThroughConfig
{
    /// <summary><c>general_settings.pass_through_endpoints</c>, in file order, and the few services that the environment alone names.</summary>
    public ImmutableArray<PassThroughEndpoint> Endpoints { get; init; } = [];

    /// <summary>False only when the file says so: vendors' own APIs are not there, and the endpoints alone are.</summary>
    public bool Vendors { get; init; } = true;

    /// <summary>Accounts at vendors that the environment alone names (<c>ANTHROPIC_API_KEY</c>); those of <c>model_list</c> come before them.</summary>
    public ImmutableArray<DeploymentConfig> Accounts { get; init; } = [];

    /// <summary><c>pass_through_request_timeout</c>: until the answer begins, and between two of its pieces; null = the router's limit.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>One endpoint that is passed through.</summary>
public sealed record PassThroughEndpoint
{
    /// <summary>Where callers find it: <c>/bria</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Where it goes; may have a query.</summary>
    public required Uri Target { get; init; }

    /// <summary>Where in the file: <c>config.yaml:12:5</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What lies below the path goes to what lies below the target.</summary>
    public bool IncludeSubpath { get; init; }

    /// <summary>False only when the file says so: anyone may call it without a key.</summary>
    public bool Auth { get; init; } = true;

    /// <summary>Headers that every call carries.</summary>
    public ImmutableDictionary<string, Secret> Headers { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>Pass the caller's own headers on, all but those that belong to one connection or could carry a key of Weir's.</summary>
    public bool ForwardHeaders { get; init; }

    /// <summary>Join the caller's query with the target's; else the caller's takes its place.</summary>
    public bool MergeQuery { get; init; }

    /// <summary>Parameters that the query gets when neither the caller nor the target names them.</summary>
    public ImmutableArray<KeyValuePair<string, string>> DefaultQuery { get; init; } = [];

    /// <summary>Methods that are taken, in capitals; empty = GET, POST, PUT, PATCH and DELETE.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>What a call costs that succeeds, in USD; null = not known.</summary>
    public decimal? CostPerRequest { get; init; }

    /// <summary>Until the answer begins, and between two of its pieces; null = the general limit.</summary>
    public TimeSpan? Timeout { get; init; }
}
