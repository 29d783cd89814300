using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>Whose client asks on a route that several vendors' clients share.</summary>
internal static class CallerForm
{
    /// <summary>The form that the client reads: Anthropic's send <c>anthropic-version</c>, Gemini's ask under <c>/v1beta</c>.</summary>
    internal static WireFormat Of(HttpContext http) =>
        http.Request.Headers.ContainsKey("anthropic-version") ? WireFormat.AnthropicMessages
        : http.Request.Path.StartsWithSegments("/v1beta", StringComparison.OrdinalIgnoreCase) ? WireFormat.GeminiGenerate
        : WireFormat.OpenAIChat;

    /// <summary>Hears Google's oldest way to sign in, <c>?key=</c>.</summary>
    internal static void TakeGoogleKey(HttpRequest request)
    {
        if (request.Query.TryGetValue("key", out var key) && !request.Headers.ContainsKey(PresentedKey.GoogleHeader))
        {
            request.Headers[PresentedKey.GoogleHeader] = key;
        }
    }
}
