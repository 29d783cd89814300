using System.Text;
using System.Text.Json;

namespace Weir.Providers.Credentials;

/// <summary>Reads answers of Google's token endpoints.</summary>
internal static class GoogleAnswer
{
    /// <summary>The body as text, at most <paramref name="most"/> bytes.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[most];
        var length = await stream.ReadAtLeastAsync(buffer, most, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }

    /// <summary>What an answer without success says: OAuth's <c>error</c> and <c>error_description</c>, or Google's error object.</summary>
    public static GoogleRefusal Refusal(HttpResponseMessage response, string text, string who)
    {
        var status = (int)response.StatusCode;
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error))
            {
                return error.ValueKind == JsonValueKind.Object
                    ? new(status, Text(error, "status"), Text(error, "message") ?? $"{who} answered {status}.")
                    : new(status, Text(root, "error"), Text(root, "error_description") ?? Text(root, "error") ?? $"{who} answered {status}.");
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or the metadata service's plain text: the status says enough.
            return new(status, null, $"{who} answered {status}.");
        }

        return new(status, null, $"{who} answered {status}.");
    }

    /// <summary>The text in <paramref name="name"/>; null when there is none.</summary>
    public static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>The seconds in <paramref name="name"/>, up to a day; null when there are none.</summary>
    public static long? Seconds(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
            && (value.ValueKind == JsonValueKind.Number ? value.TryGetInt64(out var seconds) : long.TryParse(Text(root, name), out seconds)) && seconds > 0
            ? Math.Min(seconds, 24 * 3600)
            : null;
}
