using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>Lets a handler run only for callers with a key.</summary>
internal static class Keyed
{
    internal static RequestDelegate Only(SnapshotHolder snapshots, RequestDelegate handler) => http =>
    {
        var form = CallerForm.Of(http);
        if (form == WireFormat.GeminiGenerate)
        {
            CallerForm.TakeGoogleKey(http.Request);
        }
        var caller = snapshots.Current.Authenticator.Authenticate(http.Request.Headers, out var error);
        return caller is not null
            ? handler(http)
            : ErrorWriter.WriteAsync(http, error ?? new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in."), "", false, form);
    };
}
