using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>Lets a handler run only for callers with a key.</summary>
internal static class Keyed
{
    /// <summary>The caller that was let in; null on an open route.</summary>
    internal static Caller? CallerOf(HttpContext http) => http.Features.Get<Caller>();

    /// <param name="snapshots">The configuration in force.</param>
    /// <param name="route">What is asked for.</param>
    /// <param name="handler">Runs with the caller at hand.</param>
    internal static RequestDelegate Only(SnapshotHolder snapshots, AskedRoute route, RequestDelegate handler) => async http =>
    {
        var form = CallerForm.Of(http);
        if (form == WireFormat.GeminiGenerate)
        {
            CallerForm.TakeGoogleKey(http.Request);
        }
        var admission = await snapshots.Current.Authenticator.AdmitAsync(http, route);
        if (admission.Caller is not { } caller)
        {
            await ErrorWriter.WriteAsync(http, admission.Error ?? new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in."), "", false, form);
            return;
        }
        http.Features.Set(caller);
        await handler(http);
    };
}
