using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Endpoints.Info;

/// <summary><c>GET /routes</c>.</summary>
internal static class RouteList
{
    internal static Task WriteAsync(HttpContext http, IReadOnlyList<GatewayRoute> routes) =>
        JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("routes"u8);
            foreach (var path in routes.GroupBy(r => r.Path, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("path"u8, path.Key);
                json.WriteStartArray("methods"u8);
                foreach (var route in path)
                {
                    json.WriteStringValue(route.Method);
                }
                json.WriteEndArray();
                json.WriteString("summary"u8, path.First().Summary);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
}
