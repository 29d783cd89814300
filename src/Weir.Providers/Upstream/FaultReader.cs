using System.Globalization;

namespace Weir.Providers.Upstream;

/// <summary>What a fault is read against.</summary>
/// <param name="Provider">Catalog name.</param>
/// <param name="Time">Clock for <c>Retry-After</c> dates.</param>
/// <param name="Secrets">Values that this call carried; none of them survives in a message.</param>
public sealed record FaultContext(string Provider, TimeProvider Time, IReadOnlyCollection<Secret> Secrets);

/// <summary>Reads an upstream's answer that is no success into an <see cref="UpstreamFault"/>. Any bytes are fine; nothing throws.</summary>
public static class FaultReader
{
    /// <summary>The fault in <paramref name="response"/>, whose <paramref name="body"/> the caller has read up to its cap.</summary>
    public static UpstreamFault Read(HttpResponseMessage response, ReadOnlySpan<byte> body, FaultContext context)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(context);
        var status = (int)response.StatusCode;
        var wait = RetryAfter.Read(response.Headers, context.Time);
        if (status is >= 300 and < 400)
        {
            // Only the host: a location's path and query may carry tokens.
            var place = response.Headers.Location is { IsAbsoluteUri: true } location ? $" to {location.Scheme}://{location.Authority}" : "";
            return new(FaultKind.BadResponse, status,
                $"The upstream answered {status} with a redirect{place}, which is not followed: write the final address as `api_base`.") { RetryAfter = wait };
        }

        var read = FaultBody.Read(body);
        if (response.Headers.TryGetValues("x-amzn-ErrorType", out var types) && types.FirstOrDefault() is { Length: > 0 } type)
        {
            // Amazon names the kind of error beside the body: "ThrottlingException:http://internal..." counts up to the colon.
            read.Named(type.Split(':')[0]);
        }
        return Read(status, response.ReasonPhrase, wait, read, context);
    }

    /// <summary>
    /// The fault in an error event of a stream, or in a success answer whose body is an error object. The status is the one that
    /// the object's code names, else 500.
    /// </summary>
    public static UpstreamFault ReadEvent(ReadOnlySpan<byte> json, FaultContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var body = FaultBody.Read(json);
        var status = int.TryParse(body.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600 ? number : StatusOf(body);
        return Read(status, null, null, body, context);
    }

    /// <summary>The status that a vendor would have sent with the words of an error event (Anthropic API, "Errors"; OpenAI's response errors).</summary>
    private static int StatusOf(FaultBody body) => (body.Type ?? body.Code) switch
    {
        "rate_limit_error" or "rate_limit_exceeded" => 429,
        "overloaded_error" => 529,
        "invalid_request_error" or "invalid_prompt" => 400,
        "authentication_error" => 401,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "timeout_error" => 504,
        _ => body.Code is "rate_limit_exceeded" ? 429 : 500,
    };

    private static UpstreamFault Read(int status, string? reason, TimeSpan? wait, FaultBody body, FaultContext context)
    {
        var message = body.Message.Length > 0 ? body.Message : $"The upstream answered {status}{(string.IsNullOrEmpty(reason) ? "" : " " + reason)} without a text.";
        if (context.Provider == "azure" && AzureAdvice.For(status, body) is { } advice)
        {
            message = $"{message} {advice}";
        }

        return new(Kind(status, body), status, Redaction.Clean(message, context.Secrets))
        {
            Code = Clean(body.Code, context),
            Type = Clean(body.Type, context),
            Param = Clean(body.Param, context),
            RetryAfter = wait,
            ProviderFields = body.InnerError is { } inner
                ? RedactedJson.Member("innererror", inner, context.Secrets)
                : default,
        };
    }

    private static FaultKind Kind(int status, FaultBody body) => status switch
    {
        400 or 413 or 422 or 500 when FaultPhrases.TooLong(body) => FaultKind.ContextWindowExceeded,
        400 or 403 or 422 or 451 when FaultPhrases.Filtered(body) => FaultKind.ContentPolicyViolation,
        400 when FaultPhrases.NoSuchModel(body) => FaultKind.NotFound,
        400 or 403 when FaultPhrases.WrongKey(body) => FaultKind.Authentication,
        401 or 407 => FaultKind.Authentication,

        // No money left at the vendor: like an exhausted quota, others may still serve.
        402 => FaultKind.RateLimited,
        403 => FaultKind.PermissionDenied,
        404 => FaultKind.NotFound,
        408 or 504 or 524 => FaultKind.Timeout,
        409 or 425 or 529 or 503 => FaultKind.Unavailable,
        422 => FaultKind.Unprocessable,
        429 => FaultKind.RateLimited,
        >= 400 and < 500 => FaultKind.BadRequest,
        502 or (>= 520 and <= 523) => FaultKind.BadGateway,
        >= 500 and < 600 => FaultKind.ServerError,
        _ => FaultKind.BadResponse,
    };

    private static string? Clean(string? text, FaultContext context) => text is null ? null : Redaction.Clean(text, context.Secrets);
}
