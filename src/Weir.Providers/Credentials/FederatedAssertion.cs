using System.Buffers.Text;
using System.Text.Json;

namespace Weir.Providers.Credentials;

/// <summary>What a service account token says about itself; the three texts that Entra compares with the federated credential.</summary>
internal sealed record FederatedAssertion(string Issuer, string Subject, string Audience, DateTimeOffset? ExpiresAt)
{
    /// <summary>Reads the unverified payload of the token in <paramref name="path"/>; null when there is none that can be read.</summary>
    public static FederatedAssertion? ReadFile(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return Read(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only the explanation of another error wants this; that error is reported either way.
            return null;
        }
    }

    /// <summary>Reads the unverified payload of <paramref name="token"/>; null when there is none that can be read.</summary>
    public static FederatedAssertion? Read(string token)
    {
        try
        {
            var parts = token.Trim().Split('.');
            if (parts.Length != 3)
            {
                return null;
            }

            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var root = payload.RootElement;
            return root.ValueKind != JsonValueKind.Object ? null : new(
                Text(root, "iss"), Text(root, "sub"), Text(root, "aud"),
                root.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300800
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // As above.
            return null;
        }
    }

    private static string Text(JsonElement root, string name) => !root.TryGetProperty(name, out var value) ? "(none)" : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "(none)",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => v.ToString())),
        _ => value.GetRawText(),
    };
}
