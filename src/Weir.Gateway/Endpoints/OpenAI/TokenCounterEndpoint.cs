using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Endpoints.OpenAI;

/// <summary><c>POST /utils/token_counter</c>: how many tokens a prompt has for a model.</summary>
internal sealed class TokenCounterEndpoint(SnapshotHolder snapshots)
{
    internal async Task CountAsync(HttpContext http)
    {
        var snapshot = snapshots.Current;
        try
        {
            using var body = await RequestBody.ReadAsync(http.Request, snapshot.Config.Access.MaxRequestBytes, http.RequestAborted);
            await ThreadHop.ToPool();
            var view = new RequestView();
            if (RequestReader.Read(body.Memory.Span, view) is { } refusal)
            {
                throw new GatewayException(new GatewayError(ErrorKind.InvalidJson, refusal.Message) { Param = "request_body" });
            }
            var requested = view.Text(body.Memory.Span, RequestMember.Model) ??
                throw new GatewayException(new GatewayError(ErrorKind.MissingMember, "/utils/token_counter: Missing required parameter: 'model'.") { Param = "model" });
            if (!view.Has(RequestMember.Messages) && !view.Has(RequestMember.Prompt))
            {
                throw new GatewayException(new GatewayError(ErrorKind.MissingMember, "/utils/token_counter: Missing required parameter: 'messages' or 'prompt'.") { Param = "messages" });
            }
            var used = UsedModel(snapshot, requested);
            var count = TokenCounter.CountRequest(used, body.Memory.Span);
            await JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json => Write(json, count, requested, used));
        }
        catch (GatewayException failure)
        {
            await ErrorWriter.WriteAsync(http, failure.Error, "", false);
        }
    }

    private static string UsedModel(GatewaySnapshot snapshot, string requested)
    {
        if (snapshot.Routes.Resolve(requested) is not { Group.Count: > 0 } route)
        {
            return requested;
        }
        var deployment = route.Group.Deployments[0];
        return deployment.Config.Info.BaseModel ?? route.UpstreamModelFor(deployment);
    }

    private static void Write(Utf8JsonWriter json, TokenCount count, string requested, string used)
    {
        json.WriteStartObject();
        json.WriteNumber("total_tokens"u8, count.Tokens);
        json.WriteString("request_model"u8, requested);
        json.WriteString("model_used"u8, used);
        json.WriteString("tokenizer_type"u8, TokenCount.TokenizerType);
        json.WriteEndObject();
    }
}
