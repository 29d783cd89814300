using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Weir.Gateway.Audit;

/// <summary>How a token's signature was found.</summary>
public enum AuditSignature
{
    /// <summary>Made by one of the keys.</summary>
    Valid,

    /// <summary>Not made by the key that it names, or its bytes were changed.</summary>
    Invalid,

    /// <summary>The key that it names is not at hand.</summary>
    UnknownKey,

    /// <summary>It has none.</summary>
    Unsigned,
}

/// <summary>
/// The text form of a checkpoint or stretch: a compact JWS (ES256). Without a key it is no JWS but <c>weir-audit-unsigned.TYPE.PAYLOAD</c>, so
/// that nobody takes it for a signed one.
/// </summary>
/// <param name="Type"><see cref="Checkpoint"/> or <see cref="Stretch"/>.</param>
/// <param name="KeyId"><see cref="AuditKey.Id"/> of the key that is said to have signed; empty for unsigned.</param>
/// <param name="Payload">What is signed.</param>
/// <param name="Text">The token.</param>
public sealed record AuditToken(string Type, string KeyId, ReadOnlyMemory<byte> Payload, string Text)
{
    /// <summary>Type of a checkpoint.</summary>
    public const string Checkpoint = "weir-audit-checkpoint";

    /// <summary>Type of a stretch that was deleted on purpose.</summary>
    public const string Stretch = "weir-audit-stretch";

    /// <summary>How an unsigned token begins.</summary>
    public const string UnsignedPrefix = "weir-audit-unsigned";

    private const string Algorithm = "ES256";

    /// <summary>Makes a token.</summary>
    public static AuditToken Make(string type, ReadOnlySpan<byte> payload, AuditKey? key)
    {
        var body = Base64Url.EncodeToString(payload);
        if (key is null)
        {
            return new AuditToken(type, "", payload.ToArray(), $"{UnsignedPrefix}.{type}.{body}");
        }
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{Algorithm}}","kid":"{{key.Id}}","typ":"{{type}}"}"""));
        var signature = key.Sign(Encoding.ASCII.GetBytes($"{header}.{body}"));
        return new AuditToken(type, key.Id, payload.ToArray(), $"{header}.{body}.{Base64Url.EncodeToString(signature)}");
    }

    /// <summary>Reads a token; null when the text is none of ours. The signature is not looked at.</summary>
    public static AuditToken? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('.');
        if (parts.Length != 3 || Decoded(parts[2]) is not { } last)
        {
            return null;
        }
        if (parts[0] == UnsignedPrefix)
        {
            return parts[1] is Checkpoint or Stretch ? new AuditToken(parts[1], "", last, text) : null;
        }
        if (Decoded(parts[0]) is not { } header || Decoded(parts[1]) is not { } payload)
        {
            return null;
        }
        try
        {
            using var json = JsonDocument.Parse(header);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object && Member(root, "alg") == Algorithm && Member(root, "typ") is Checkpoint or Stretch
                ? new AuditToken(Member(root, "typ") ?? "", Member(root, "kid") ?? "", payload, text)
                : null;
        }
        catch (JsonException)
        {
            // Any text may be asked about; one whose header is no JSON is no token.
            return null;
        }
    }

    /// <summary>Checks the signature with the key that the token names.</summary>
    public AuditSignature Verify(IReadOnlyCollection<AuditKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (KeyId.Length == 0)
        {
            return AuditSignature.Unsigned;
        }
        if (keys.FirstOrDefault(key => key.Id == KeyId) is not { } key)
        {
            return AuditSignature.UnknownKey;
        }
        var end = Text.LastIndexOf('.');
        return Decoded(Text[(end + 1)..]) is { } signature && key.Verify(Encoding.ASCII.GetBytes(Text[..end]), signature) ? AuditSignature.Valid : AuditSignature.Invalid;
    }

    private static byte[]? Decoded(string text) => Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static string? Member(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
