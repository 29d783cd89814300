using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Weir.Gateway.Audit;

/// <summary>What one replica saw of all chains at one moment.</summary>
/// <param name="Signer">Chain of the replica that says so.</param>
/// <param name="Number">Its number among those of its signer, from 1: a hole shows that one was deleted.</param>
/// <param name="At">When.</param>
/// <param name="Full">Every chain of the database is in it; otherwise only those that moved since the signer's last full one.</param>
/// <param name="Heads">How far the chains were.</param>
public sealed record AuditCheckpoint(string Signer, long Number, DateTimeOffset At, bool Full, IReadOnlyList<AuditHead> Heads)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>For people: <c>checkpoint 12 of 3f0c... (2026-03-01T12:00:00.000000Z)</c>.</summary>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"checkpoint {Number} of {Signer} ({At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)})");

    /// <summary>The bytes that are signed.</summary>
    public byte[] Payload()
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("v"u8, 1);
        json.WriteString("chain"u8, Signer);
        json.WriteNumber("n"u8, Number);
        json.WriteString("at"u8, At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteBoolean("full"u8, Full);
        json.WriteStartArray("heads"u8);
        foreach (var head in Heads)
        {
            json.WriteStartObject();
            json.WriteString("chain"u8, head.Chain);
            json.WriteNumber("seq"u8, head.Seq);
            json.WriteString("hash"u8, Convert.ToHexStringLower(head.Hash.Span));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Payload"/> wrote; null for anything else.</summary>
    public static AuditCheckpoint? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            return new AuditCheckpoint(
                root.GetProperty("chain"u8).GetString() ?? "", root.GetProperty("n"u8).GetInt64(),
                DateTimeOffset.ParseExact(root.GetProperty("at"u8).GetString() ?? "", TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                root.GetProperty("full"u8).GetBoolean(), [.. root.GetProperty("heads"u8).EnumerateArray().Select(Head)]);
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            // Whoever can write to the table or the log can write anything; what is no checkpoint is told by the caller.
            return null;
        }
    }

    private static AuditHead Head(JsonElement head) =>
        new(head.GetProperty("chain"u8).GetString() ?? "", head.GetProperty("seq"u8).GetInt64(), Convert.FromHexString(head.GetProperty("hash"u8).GetString() ?? ""));
}
