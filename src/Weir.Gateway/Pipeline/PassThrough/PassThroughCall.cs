using Weir.Gateway.Errors;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>What one call passes on, and what is known of it.</summary>
internal sealed class PassThroughCall
{
    /// <summary>The route that it came by.</summary>
    internal required PassThroughRoute Route { get; init; }

    /// <summary>The path below the route as it was sent, and so as it leaves; empty or with its leading slash.</summary>
    internal required string Path { get; init; }

    /// <summary>The query as it leaves, without its question mark.</summary>
    internal required string Query { get; init; }

    /// <summary>What the path says is asked.</summary>
    internal required KnownCall Known { get; init; }

    /// <summary>The caller's headers that go on.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The body is read from the caller while it leaves; false when it has been read, or there is none.</summary>
    internal bool RelaysBody { get; init; }

    /// <summary>The model's name at the upstream; empty when nothing names one.</summary>
    internal string Model { get; set; } = "";

    /// <summary>The root below which the paths of the account lie, set with its address.</summary>
    internal Uri? Root { get; set; }

    /// <summary>The fault in an answer that is no success and passes on as it is; null for a success.</summary>
    internal UpstreamFault? Fault { get; set; }

    /// <summary>The error for a path that can't be passed on.</summary>
    internal static GatewayException Refuse(string message) => new(new GatewayError(ErrorKind.InvalidMember, message) { Param = "path" });
}
