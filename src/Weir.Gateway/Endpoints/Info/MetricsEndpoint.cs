using System.Buffers;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Telemetry.Metrics;

namespace Weir.Gateway.Endpoints.Info;

/// <summary><c>GET /metrics</c>, when <c>callbacks</c> names <c>prometheus</c>. Open unless the config asks for a key; on its own port when it names one.</summary>
internal sealed class MetricsEndpoint(SnapshotHolder snapshots, GatewayMetrics metrics)
{
    internal async Task WriteAsync(HttpContext http)
    {
        var snapshot = snapshots.Current;
        var telemetry = snapshot.Config.Telemetry;
        if (!telemetry.Prometheus || (telemetry.MetricsPort is { } port && http.Connection.LocalPort != port))
        {
            await ErrorWriter.WriteDetailAsync(http, StatusCodes.Status404NotFound, "Not Found");
            return;
        }
        if (snapshot.Config.Access.RequireAuthForMetrics && await snapshot.Authenticator.AdmitAsync(http, new AskedRoute(RouteKind.Info, "/metrics")) is { Caller: null } refused)
        {
            await ErrorWriter.WriteAsync(http, refused.Error ?? new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in."), "", false);
            return;
        }
        var page = new ArrayBufferWriter<byte>(16 << 10);
        metrics.Write(page);
        http.Response.ContentType = Exposition.ContentType;
        http.Response.ContentLength = page.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(page.WrittenMemory, http.RequestAborted);
    }
}
