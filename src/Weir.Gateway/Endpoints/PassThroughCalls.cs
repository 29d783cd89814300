using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Config;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>Calls that are passed through. Vendors' prefixes are fixed; endpoints of the configuration come and go with it.</summary>
internal sealed class PassThroughCalls(GatewayPipeline pipeline, SnapshotHolder snapshots)
{
    private static readonly PassThroughRoute[] Vendors = [.. PassThroughVendors.All.Select(PassThroughRoute.Of)];

    /// <summary>The endpoints of the configuration in force, for lists.</summary>
    private IEnumerable<GatewayRoute> Routes => snapshots.Current.PassThrough.Endpoints.SelectMany(route => route.Methods.Select(method =>
        new GatewayRoute(method, route.Template, "Passes a call on to another server as it is", !route.NeedsKey, Serve(route))));

    /// <summary>The handler of a vendor's prefix; an endpoint of the file below it wins.</summary>
    internal RequestDelegate Serve(PassThroughRoute route) => http =>
        snapshots.Current.PassThrough.Find(http.Request.Path) is { } endpoint ? ServeAsync(http, endpoint)
        : snapshots.Current.Config.PassThrough.Vendors || route.Vendor is null ? ServeAsync(http, route)
        : ErrorWriter.WriteDetailAsync(http, StatusCodes.Status404NotFound, "Not Found");

    /// <summary><paramref name="routes"/> as they are there now, with the endpoints of the configuration.</summary>
    internal IReadOnlyList<GatewayRoute> InForce(IEnumerable<GatewayRoute> routes) =>
        [.. routes.Where(route => !route.GivesWay || snapshots.Current.Config.PassThrough.Vendors), .. Routes];

    /// <summary>The handler for paths that are nobody else's: endpoints of the file, then <paramref name="otherwise"/>.</summary>
    internal RequestDelegate Otherwise(RequestDelegate otherwise) => http => snapshots.Current.PassThrough.Find(http.Request.Path) is { } route ? ServeAsync(http, route) : otherwise(http);

    /// <summary>
    /// The handler for <c>/{provider}/v1/files</c> and the like: <paramref name="kept"/> for a provider that keeps such things, else what the path
    /// means as one that is passed through.
    /// </summary>
    internal RequestDelegate UnlessKept(RequestDelegate kept) => http =>
    {
        var route = snapshots.Current.PassThrough.Find(http.Request.Path);
        if (route is null && snapshots.Current.Config.PassThrough.Vendors && http.GetRouteValue("provider") is string name && ProviderCatalog.Find(name) is not IKeepingProvider { Kept.Count: > 0 })
        {
            route = Array.Find(Vendors, vendor => vendor.Matches(http.Request.Path));
        }
        return route is null ? kept(http) : ServeAsync(http, route);
    };

    private async Task ServeAsync(HttpContext http, PassThroughRoute route)
    {
        if (!route.Methods.Contains(http.Request.Method, StringComparer.Ordinal))
        {
            http.Response.Headers.Allow = string.Join(", ", route.Methods);
            await ErrorWriter.WriteDetailAsync(http, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
            return;
        }
        if (route.Vendor?.Provider is "gemini" or "vertex_ai")
        {
            CallerForm.TakeGoogleKey(http.Request);
        }
        var served = await pipeline.ServeAsync(http, new Surface(Operation.PassThrough, route.Format, route.Template) { PassThrough = route }, default);
        if (served.Error is { } error)
        {
            await ErrorWriter.WriteAsync(http, error, served.CallId, snapshots.Current.Config.Request.IncludeCallIdInErrors, route.Format);
        }
    }
}
