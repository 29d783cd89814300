using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>The only place where an error becomes an HTTP response.</summary>
internal static class ErrorWriter
{
    /// <summary>Answers with <paramref name="error"/>. The response must not have started.</summary>
    internal static async Task WriteAsync(HttpContext http, GatewayError error, string callId, bool tellCallId, WireFormat format = WireFormat.OpenAIChat)
    {
        var response = http.Response;
        response.StatusCode = error.HttpStatus;
        response.ContentType = "application/json";
        if (callId.Length > 0)
        {
            response.Headers["x-litellm-call-id"] = callId;
        }
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        if (error.LimitType is { } limit)
        {
            response.Headers["rate_limit_type"] = limit;
        }
        if (error.ResetAt is { } resetAt)
        {
            response.Headers["reset_at"] = resetAt;
        }
        if (error.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        var body = new ArrayBufferWriter<byte>(512);
        ErrorEnvelope.Write(body, error, tellCallId ? callId : null, format);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Answers for paths and methods that do not exist, in the words of LiteLLM's framework.</summary>
    internal static Task WriteDetailAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{"detail":"{{detail}}"}""", http.RequestAborted);
    }
}
