using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Providers;

namespace Weir.Gateway.Endpoints.OpenAI;

/// <summary>
/// <c>GET /models</c> and <c>GET /models/{id}</c>: in OpenAI's form, in Anthropic's for clients that send <c>anthropic-version</c>, in Gemini's
/// under <c>/v1beta</c>.
/// </summary>
internal sealed class ModelList(SnapshotHolder snapshots)
{
    /// <summary>Every public name that the caller may use, and the models that wildcards over a vendor stand for; wildcards themselves only with <c>?return_wildcard_routes=true</c>.</summary>
    internal Task ListAsync(HttpContext http)
    {
        var wild = http.Request.Query["return_wildcard_routes"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        var routes = snapshots.Current.Routes;
        var caller = Keyed.CallerOf(http);
        List<string> names =
        [
            .. ((IEnumerable<string>)[.. routes.VisibleModels.Where(model => wild || model.Group.Pattern is null).Select(static model => model.Name), .. WildcardModels.Of(routes)])
                .Where(name => routes.Resolve(name) is { } route && ModelAccess.Allows(caller, route)),
        ];
        return JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            switch (CallerForm.Of(http))
            {
                case WireFormat.AnthropicMessages:
                    ModelListForms.WriteAnthropic(json, names);
                    break;
                case WireFormat.GeminiGenerate:
                    ModelListForms.WriteGemini(json, names);
                    break;
                default:
                    ModelListForms.WriteOpenAI(json, names);
                    break;
            }
        });
    }

    /// <summary>One model; 404 in the client's form when nobody serves it.</summary>
    internal Task GetAsync(HttpContext http)
    {
        var id = http.GetRouteValue("id") as string ?? "";
        var form = CallerForm.Of(http);
        return snapshots.Current.Routes.Resolve(id) is not { } route || !ModelAccess.Allows(Keyed.CallerOf(http), route)
            ? ErrorWriter.WriteAsync(http, new GatewayError(ErrorKind.UpstreamNotFound, $"The model '{id}' does not exist. Call `/v1/models` to view available models for your key.")
            {
                Param = "model",
                Type = "invalid_request_error",
            }, "", false, form)
            : JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
            {
                switch (form)
                {
                    case WireFormat.AnthropicMessages:
                        ModelListForms.WriteAnthropic(json, id);
                        break;
                    case WireFormat.GeminiGenerate:
                        ModelListForms.WriteGemini(json, id);
                        break;
                    default:
                        ModelListForms.WriteOpenAI(json, id);
                        break;
                }
            });
    }
}
