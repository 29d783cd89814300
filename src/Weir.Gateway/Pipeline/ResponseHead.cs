using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weir.Gateway.Pipeline.Spending;

namespace Weir.Gateway.Pipeline;

/// <summary>The response headers that LiteLLM's clients read. What an upstream sent comes back as <c>llm_provider-*</c>.</summary>
internal static class ResponseHead
{
    private const int MostNamesKept = 512;
    private static readonly ConcurrentDictionary<string, string> ProviderNames = new(StringComparer.OrdinalIgnoreCase);
    private static readonly StringValues Version = new(BuildVersion());
    private static readonly StringValues Zero = new("0");

    /// <summary>Writes the headers of an answer. <paramref name="cost"/> is null on a stream: headers leave before it is known.</summary>
    internal static void Write(GatewayCall call, ModelAnswer answer, TimeSpan elapsed, string? cost)
    {
        WriteOwn(call, answer, elapsed, cost);
        if (call.Snapshot.Config.Request.ReturnResponseHeaders)
        {
            Forward(answer.Response, call.Http.Response.Headers);
        }
        // In place of the upstream's own: what the caller may still do here is what counts for it.
        SpeedLimiter.Tell(call, call.Http.Response.Headers);
    }

    /// <summary>The same without what the upstream sent.</summary>
    internal static void WriteOwn(GatewayCall call, ModelAnswer answer, TimeSpan elapsed, string? cost)
    {
        var record = call.Record;
        var headers = call.Http.Response.Headers;
        headers["x-litellm-call-id"] = record.CallId;
        headers["x-litellm-model-id"] = answer.Deployment.Id;
        headers["x-litellm-model-group"] = record.ModelGroup;
        headers["x-litellm-model-api-base"] = answer.Deployment.ApiBase;
        headers["x-litellm-version"] = Version;
        headers["x-litellm-attempted-retries"] = Count(call.RetriesMade);
        headers["x-litellm-attempted-fallbacks"] = Count(call.FallbacksTried);
        headers["x-litellm-response-duration-ms"] = Milliseconds(elapsed);
        headers["x-litellm-overhead-duration-ms"] = Milliseconds(record.Overhead);
        if (cost is not null)
        {
            headers["x-litellm-response-cost"] = cost;
        }
        if (call.KeyBudget is { } budget)
        {
            headers["x-litellm-key-spend"] = budget.Spend;
            headers["x-litellm-key-max-budget"] = budget.Max;
        }
        if (call.Dropped.Count > 0)
        {
            headers[DroppedWords.Header] = DroppedWords.Told(call.Dropped);
        }
    }

    private static StringValues Count(int count) => count == 0 ? Zero : new StringValues(count.ToString(CultureInfo.InvariantCulture));

    private static string Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3).ToString(CultureInfo.InvariantCulture);

    private static void Forward(HttpResponseMessage response, IHeaderDictionary headers)
    {
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (IsHopByHop(name))
            {
                continue;
            }
            var value = values.ToString();
            if (!Ascii.IsValid(value) || value.AsSpan().ContainsAnyInRange('\0', '\u001F') || value.Contains('\u007F', StringComparison.Ordinal))
            {
                // The server refuses to write such a value; an answer must not fail over an upstream's decoration.
                continue;
            }
            headers[Prefixed(name)] = value;
            if (name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }
    }

    private static bool IsHopByHop(string name) =>
        name.Equals("Date", StringComparison.OrdinalIgnoreCase) || name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("Trailer", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("WWW-Authenticate", StringComparison.OrdinalIgnoreCase);

    private static string Prefixed(string name)
    {
        if (ProviderNames.TryGetValue(name, out var known))
        {
            return known;
        }
        var made = "llm_provider-" + name.ToLowerInvariant();
        if (ProviderNames.Count < MostNamesKept)
        {
            ProviderNames.TryAdd(name, made);
        }
        return made;
    }

    private static string BuildVersion() => typeof(ResponseHead).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
