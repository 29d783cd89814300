using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Endpoints.Info;

/// <summary>The gateway's own API as an OpenAPI 3.1 document, made from the one list of routes.</summary>
internal static class OpenApiDocument
{
    internal static Task WriteAsync(HttpContext http, IReadOnlyList<GatewayRoute> routes) =>
        JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json => Write(json, routes));

    internal static void Write(Utf8JsonWriter json, IReadOnlyList<GatewayRoute> routes)
    {
        json.WriteStartObject();
        json.WriteString("openapi"u8, "3.1.0"u8);
        json.WriteStartObject("info"u8);
        json.WriteString("title"u8, "Weir"u8);
        json.WriteString("version"u8, typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3));
        json.WriteString("description"u8, "A self-hosted AI gateway with the API of the LiteLLM proxy."u8);
        json.WriteEndObject();
        json.WriteStartObject("paths"u8);
        foreach (var path in routes.GroupBy(r => PlainPath(r.Path), StringComparer.Ordinal))
        {
            json.WriteStartObject(path.Key);
            foreach (var route in path)
            {
                WriteOperation(json, route);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("components"u8);
        json.WriteStartObject("securitySchemes"u8);
        json.WriteStartObject("key"u8);
        json.WriteString("type"u8, "http"u8);
        json.WriteString("scheme"u8, "bearer"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOperation(Utf8JsonWriter json, GatewayRoute route)
    {
#pragma warning disable CA1308 // OpenAPI names methods in lower case.
        json.WriteStartObject(route.Method.ToLowerInvariant());
#pragma warning restore CA1308
        json.WriteString("summary"u8, route.Summary);
        var parameter = route.IsSocket ? "model" : ParameterOf(route.Path);
        if (parameter is not null)
        {
            json.WriteStartArray("parameters"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, parameter);
            json.WriteString("in"u8, route.IsSocket ? "query"u8 : "path"u8);
            json.WriteBoolean("required"u8, !route.IsSocket);
            json.WriteStartObject("schema"u8);
            json.WriteString("type"u8, "string"u8);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        if (route.Method is "POST" or "PUT" or "PATCH")
        {
            json.WriteStartObject("requestBody"u8);
            json.WriteBoolean("required"u8, true);
            json.WriteStartObject("content"u8);
            json.WriteStartObject(route.TakesForm ? "multipart/form-data"u8 : "application/json"u8);
            json.WriteStartObject("schema"u8);
            json.WriteString("type"u8, "object"u8);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteStartObject("responses"u8);
        WriteResponse(json, route.IsSocket ? "101" : "200", route.IsSocket ? "The socket is open" : "Success");
        if (!route.Open)
        {
            WriteResponse(json, "401", "No key, or an unknown one");
        }
        json.WriteEndObject();
        if (!route.Open)
        {
            json.WriteStartArray("security"u8);
            json.WriteStartObject();
            json.WriteStartArray("key"u8);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter json, string status, string description)
    {
        json.WriteStartObject(status);
        json.WriteString("description"u8, description);
        json.WriteEndObject();
    }

    private static string PlainPath(string path) => path.Replace("{**", "{", StringComparison.Ordinal);

    private static string? ParameterOf(string path)
    {
        var plain = PlainPath(path);
        var start = plain.IndexOf('{', StringComparison.Ordinal);
        return start < 0 ? null : plain[(start + 1)..plain.IndexOf('}', StringComparison.Ordinal)];
    }
}
