using Microsoft.AspNetCore.Http;
using Weir.Gateway.Config;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>A prefix whose calls go on as they are: a vendor's API, or an endpoint of the configuration.</summary>
internal sealed record PassThroughRoute(string Path, WireFormat Format)
{
    private static readonly string[] Usual = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The vendor; null for an endpoint of the configuration.</summary>
    internal PassThroughVendor? Vendor { get; private init; }

    /// <summary>The endpoint; null for a vendor.</summary>
    internal PassThroughEndpoint? Endpoint { get; private init; }

    /// <summary>Where an endpoint goes; null for a vendor, whose accounts are chosen call by call.</summary>
    internal UpstreamDeployment? Target { get; private init; }

    /// <summary>Whether a caller needs a key.</summary>
    internal bool NeedsKey => Endpoint is not { Auth: false };

    /// <summary>Methods that are taken.</summary>
    internal IReadOnlyList<string> Methods => Endpoint is { Methods.IsEmpty: false } named ? named.Methods : Usual;

    /// <summary>The route's template, for metrics, traces and lists.</summary>
    internal string Template => Endpoint is { IncludeSubpath: false } ? Path : Path + "/{**path}";

    /// <summary>A vendor's API.</summary>
    internal static PassThroughRoute Of(PassThroughVendor vendor) => new(vendor.Path, vendor.Format) { Vendor = vendor };

    /// <summary>An endpoint of the configuration.</summary>
    internal static PassThroughRoute Of(PassThroughEndpoint endpoint, UpstreamDeployment target) => new(endpoint.Path, WireFormat.OpenAIChat) { Endpoint = endpoint, Target = target };

    /// <summary>Whether <paramref name="path"/> (decoded) is meant.</summary>
    internal bool Matches(PathString path) =>
        path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase, out var rest) && (Endpoint is not { IncludeSubpath: false } || rest.Value is null or "" or "/");
}
