using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Endpoints.OpenAI;

/// <summary><c>GET /models</c> and <c>GET /models/{id}</c>, in OpenAI's form.</summary>
internal sealed class ModelList(SnapshotHolder snapshots)
{
    // LiteLLM's constant: clients sort and cache by it.
    private const long Created = 1677610602;

    /// <summary>Every public name, and the models that wildcards over a vendor stand for; wildcards themselves only with <c>?return_wildcard_routes=true</c>.</summary>
    internal Task ListAsync(HttpContext http)
    {
        var wild = http.Request.Query["return_wildcard_routes"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        return JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            foreach (var model in snapshots.Current.Routes.VisibleModels)
            {
                if (wild || model.Group.Pattern is null)
                {
                    Write(json, model.Name);
                }
            }
            foreach (var name in WildcardModels.Of(snapshots.Current.Routes))
            {
                Write(json, name);
            }
            json.WriteEndArray();
            json.WriteString("object"u8, "list"u8);
            json.WriteEndObject();
        });
    }

    /// <summary>One model; 404 in OpenAI's form when nobody serves it.</summary>
    internal Task GetAsync(HttpContext http)
    {
        var id = http.GetRouteValue("id") as string ?? "";
        return snapshots.Current.Routes.Resolve(id) is null
            ? ErrorWriter.WriteAsync(http, new GatewayError(ErrorKind.UpstreamNotFound, $"The model '{id}' does not exist. Call `/v1/models` to view available models for your key.")
            {
                Param = "model",
                Type = "invalid_request_error",
            }, "", false)
            : JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json => Write(json, id));
    }

    private static void Write(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, Created);
        json.WriteString("owned_by"u8, "openai"u8);
        json.WriteEndObject();
    }
}
