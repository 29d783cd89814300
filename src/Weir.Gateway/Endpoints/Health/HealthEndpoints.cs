using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Routing;
using Weir.Gateway.Routing.Health;

namespace Weir.Gateway.Endpoints.Health;

/// <summary>Liveness, readiness, and <c>/health</c>: a real call of each deployment.</summary>
internal sealed class HealthEndpoints(SnapshotHolder snapshots, BackgroundProber prober, HealthBoard board, GatewayStatus status, IRequestLedger ledger)
{
    private static readonly byte[] Alive = [.. "\"I'm alive!\""u8];

    /// <summary>The process runs. Open to everyone.</summary>
    internal static Task LivenessAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = Alive.Length;
        return http.Response.Body.WriteAsync(Alive, http.RequestAborted).AsTask();
    }

    /// <summary>The process takes requests. Open to everyone, so it tells no names.</summary>
    internal Task ReadinessAsync(HttpContext http)
    {
        var reason = status.Draining ? "draining" : ledger.Accepts ? null : "ledger full";
        return reason is null
            ? JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json => WriteReady(json))
            : JsonAnswer.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, json =>
            {
                json.WriteStartObject();
                json.WriteString("detail"u8, $"Service Unhealthy ({reason})");
                json.WriteEndObject();
            });
    }

    /// <summary>Probes every deployment, or tells the last background probes when those are on.</summary>
    internal async Task HealthAsync(HttpContext http)
    {
        var snapshot = snapshots.Current;
        // Each of them is really called: nobody makes calls this way that it may not make itself.
        var caller = Keyed.CallerOf(http);
        var wanted = Wanted(snapshot, http.Request.Query["model"], http.Request.Query["model_id"]).Where(deployment => ModelAccess.Allows(caller, deployment));
        var reports = new List<(Deployment Deployment, ProbeReport Report)>();
        var leftOut = new List<(Deployment Deployment, string Reason)>();
        foreach (var deployment in wanted)
        {
            if (prober.WhyNot(deployment) is { } reason)
            {
                leftOut.Add((deployment, reason));
                continue;
            }
            var known = snapshot.Config.Router.BackgroundHealthChecks ? board.Find(deployment.Id) : null;
            reports.Add((deployment, known ?? await prober.ProbeAsync(deployment, http.RequestAborted)));
        }
        await JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json => WriteHealth(json, snapshot, reports, leftOut));
    }

    private void WriteReady(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "healthy"u8);
        json.WriteString("db"u8, "Not connected"u8);
        json.WriteString("litellm_version"u8, status.Version);
        if (status.ReloadFailedAt is { } failed)
        {
            json.WriteString("config_reload"u8, $"failed at {failed:O}: the configuration before it is still in force");
        }
        json.WriteEndObject();
    }

    private static IEnumerable<Deployment> Wanted(GatewaySnapshot snapshot, string? model, string? id)
    {
        if (!string.IsNullOrEmpty(model))
        {
            return snapshot.Routes.Resolve(model) is { } route ? route.Group.Deployments.ToArray() : [];
        }
        return string.IsNullOrEmpty(id) ? snapshot.Routes.Deployments : snapshot.Routes.Deployments.Where(d => d.Id == id);
    }

    private static void WriteHealth(
        Utf8JsonWriter json, GatewaySnapshot snapshot, List<(Deployment Deployment, ProbeReport Report)> reports, List<(Deployment Deployment, string Reason)> leftOut)
    {
        json.WriteStartObject();
        WriteEndpoints(json, "healthy_endpoints", reports.Where(r => r.Report.Healthy));
        json.WriteStartArray("unhealthy_endpoints"u8);
        foreach (var (deployment, report) in reports.Where(r => !r.Report.Healthy))
        {
            WriteEndpoint(json, deployment, report.Fault?.Message);
        }
        foreach (var rejected in snapshot.Config.Rejected)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, rejected.LiteLlmModel);
            json.WriteString("model_name"u8, rejected.ModelGroup);
            json.WriteString("error"u8, $"left out: {rejected.Reason} ({rejected.Origin})");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (leftOut.Count > 0)
        {
            json.WriteStartArray("unprobed_endpoints"u8);
            foreach (var (deployment, reason) in leftOut)
            {
                WriteEndpoint(json, deployment, reason);
            }
            json.WriteEndArray();
        }
        var healthy = reports.Count(r => r.Report.Healthy);
        json.WriteNumber("healthy_count"u8, healthy);
        json.WriteNumber("unhealthy_count"u8, reports.Count - healthy + snapshot.Config.Rejected.Length);
        json.WriteEndObject();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, string name, IEnumerable<(Deployment Deployment, ProbeReport Report)> reports)
    {
        json.WriteStartArray(name);
        foreach (var (deployment, _) in reports)
        {
            WriteEndpoint(json, deployment, null);
        }
        json.WriteEndArray();
    }

    private static void WriteEndpoint(Utf8JsonWriter json, Deployment deployment, string? error)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, deployment.Config.LiteLlmModel);
        json.WriteString("model_name"u8, deployment.Config.ModelGroup);
        json.WriteString("model_id"u8, deployment.Id);
        if (deployment is UpstreamDeployment { ApiBase.Length: > 0 } target)
        {
            json.WriteString("api_base"u8, target.ApiBase);
        }
        if (error is not null)
        {
            json.WriteString("error"u8, error);
        }
        json.WriteEndObject();
    }
}
