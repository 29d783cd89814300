using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>Reads what is passed on: path, query, headers, and the body where a model's operation is known by its path.</summary>
internal static class PassThroughRequests
{
    private const int LongestModel = 512;

    /// <summary>Whether a call whose model is nobody's here goes on to the vendor under whose prefix it came.</summary>
    internal static bool TakesOver(GatewayCall call) => call.Surface.Above?.Vendor is { } vendor && call.Snapshot.Config.PassThrough.Vendors && PassThroughAccounts.Of(call.Snapshot, vendor.Provider).Count > 0;

    /// <summary>Reads the request and chooses where it goes.</summary>
    /// <exception cref="GatewayException">The request is refused.</exception>
    internal static async ValueTask ReadAsync(GatewayCall call, PassThroughRoute route)
    {
        var request = call.Http.Request;
        var access = call.Snapshot.Config.Access;
        var below = PassThroughPath.Below(call.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, route.Path);
        var provider = route.Vendor?.Provider ?? route.Target?.Provider.Name ?? "";
        if (route.Vendor is { Path: "/openai" } && IsAzures(request, below) && PassThroughAccounts.Of(call.Snapshot, "azure").Count > 0)
        {
            // Azure's clients have the vendor's prefix in their paths too.
            (provider, below) = ("azure", "/openai" + below);
        }
        var known = KnownCall.Read(provider, request.Method, route.Endpoint is { } endpoint ? endpoint.Target.AbsolutePath.TrimEnd('/') + below : below);
        call.AsksForEvents = known.Stream;
        var hasBody = call.Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;
        // A signature covers the body; and one that has been read already is gone from the wire.
        var reads = hasBody && (call.Body is not null || known.Format is not null || provider == "bedrock");
        if (!reads && request.ContentLength > access.MaxUploadBytes)
        {
            throw new GatewayException(new GatewayError(ErrorKind.BodyTooLarge, $"The request body is larger than {access.MaxUploadBytes} bytes (general_settings.max_file_size_mb)."));
        }
        var model = known.Model ?? "";
        if (reads)
        {
            call.Body ??= await RequestBody.ReadAsync(request, access.MaxRequestBytes, call.Http.RequestAborted);
            model = await ReadBodyAsync(call, known) ?? model;
            model = known.Model ?? model;
        }
        if (model.Length > LongestModel)
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"The model's name is longer than {LongestModel} characters.") { Param = "model" });
        }
        ModelAccess.RequirePassedOn(call.Caller, provider, model, opened: route.Endpoint is not null);
        call.PassThrough = new PassThroughCall
        {
            Route = route,
            Path = below,
            Query = QueryOf(call, route),
            Known = known,
            Headers = PassThroughHeaders.Of(call, route),
            RelaysBody = hasBody && !reads,
            Model = model,
        };
        call.Target = route.Target is { } target
            ? new RouteMatch(new RouteGroup(route.Path, [target], call.Snapshot.Config.Router, pinnedOf: 1), route.Path, model)
            : PassThroughAccounts.Choose(call, provider, below, model, once: call.PassThrough.RelaysBody);
        call.Record.RequestedModel = model;
        call.Record.ModelGroup = call.Target.Group.Name;
        call.Record.Streamed = call.Stream;
        // What a vendor has done with a call that failed nobody can know: a second one is not made unasked.
        call.Options = CallOptions.Of(request.Headers) with { DisableFallbacks = true, Retries = 0 };
    }

    private static async ValueTask<string?> ReadBodyAsync(GatewayCall call, KnownCall known)
    {
        if (known.Format is not { } format)
        {
            return null;
        }
        if (call.Bytes.Length > ThreadHop.LargeBody)
        {
            await ThreadHop.ToPool();
        }
        var body = call.Bytes.Span;
        if (RequestReader.Read(body, call.View, format) is { } refusal)
        {
            throw new GatewayException(RequestChecks.ErrorOf(refusal));
        }
        call.Record.EndUser = call.View.Text(body, RequestMember.User) ?? "";
        return call.View.Text(body, RequestMember.Model);
    }

    private static bool IsAzures(HttpRequest request, string below) =>
        below.StartsWith("/deployments/", StringComparison.OrdinalIgnoreCase) || request.Query.ContainsKey("api-version");

    /// <summary>A key for Weir stays here, in whichever parameter it came.</summary>
    private static string QueryOf(GatewayCall call, PassThroughRoute route)
    {
        var pairs = new StringBuilder();
        foreach (var pair in (call.Http.Request.QueryString.Value ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            if (end < 0 || !call.Snapshot.Authenticator.Knows(Uri.UnescapeDataString(pair[(end + 1)..])))
            {
                pairs.Append(pairs.Length == 0 ? "" : "&").Append(pair);
            }
        }
        // Google's oldest way to sign in; what came in it was heard as a key for Weir, known or not.
        var key = route.Vendor?.Provider is "gemini" or "vertex_ai" ? "key" : null;
        return route.Endpoint is { } endpoint ? PassThroughQuery.OfEndpoint(pairs.ToString(), endpoint) : PassThroughQuery.OfVendor(pairs.ToString(), key);
    }
}
