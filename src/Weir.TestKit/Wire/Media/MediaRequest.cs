using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>An image, speech, a moderation or a ranking as it is asked for, in JSON.</summary>
internal sealed class MediaRequest(ModelRoute route, JsonElement? root, int number) : ModelRequest(route, root, number)
{
    public override bool Stream => Kind == RouteKind.Speech;

    public override Fault? Refusal(HttpRequest http)
    {
        var missing = Kind switch
        {
            RouteKind.Image when Member("prompt") is null => "prompt",
            RouteKind.Speech when Model is null => "model",
            RouteKind.Speech when Member("input") is null => "input",
            RouteKind.Speech when Member("voice") is null => "voice",
            RouteKind.Moderation when Member("input") is null => "input",
            RouteKind.Rerank when Model is null => "model",
            RouteKind.Rerank when Member("query") is null => "query",
            RouteKind.Rerank when Member("documents") is not { ValueKind: JsonValueKind.Array } => "documents",
            _ => null,
        };
        return missing is null ? null : Kind == RouteKind.Rerank
            ? Fault.Http(400) with { Message = $"invalid request: {missing} parameter is required." }
            : OpenAIRefusal.Missing(missing);
    }
}
