using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Weir.Gateway.Audit;

/// <summary>
/// Deletes old rows in stretches that end where a signed checkpoint knows the chain, and leaves a signed record of each: verification accepts
/// exactly that gap.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="key">Signs the records.</param>
public sealed class AuditPrune(IAuditStore store, AuditKey key)
{
    /// <summary>Deletes what is before a time, up to the last checkpointed row before it. Returns the stretches.</summary>
    public async Task<IReadOnlyList<AuditStretch>> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var limit = AuditBody.MicrosOf(before);
        var ends = (await store.CheckpointsAsync(cancellationToken)).Where(checkpoint => checkpoint.AtMicros < limit)
            .Select(static checkpoint => AuditToken.Read(checkpoint.Token)).OfType<AuditToken>().Where(token => token.Verify([key]) == AuditSignature.Valid)
            .Select(static token => AuditCheckpoint.Read(token.Payload)).OfType<AuditCheckpoint>().SelectMany(static checkpoint => checkpoint.Heads)
            .GroupBy(static head => head.Chain, StringComparer.Ordinal).Select(static group => group.MaxBy(static head => head.Seq)).OfType<AuditHead>();
        var pruned = new List<AuditStretch>();
        foreach (var end in ends.ToList())
        {
            if (await StretchAsync(end, cancellationToken) is { } stretch)
            {
                await store.PruneAsync(stretch, cancellationToken);
                pruned.Add(stretch);
            }
        }
        return pruned;
    }

    /// <summary>The bytes that are signed about a stretch.</summary>
    internal static byte[] Payload(AuditStretch stretch)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("v"u8, 1);
        json.WriteString("chain"u8, stretch.Chain);
        json.WriteNumber("from"u8, stretch.From);
        json.WriteNumber("to"u8, stretch.To);
        json.WriteString("previous"u8, Convert.ToHexStringLower(stretch.Previous.Span));
        json.WriteString("last"u8, Convert.ToHexStringLower(stretch.Last.Span));
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private async Task<AuditStretch?> StretchAsync(AuditHead end, CancellationToken cancellationToken)
    {
        if ((await store.ReadAsync(end.Chain, 0, 1, cancellationToken)).FirstOrDefault() is not { } first || first.Seq > end.Seq)
        {
            return null;
        }
        var last = (await store.ReadAsync(end.Chain, end.Seq - 1, 1, cancellationToken)).FirstOrDefault();
        if (last is null || last.Seq != end.Seq || !last.Hash.Span.SequenceEqual(end.Hash.Span))
        {
            throw new AuditPruneException(string.Create(CultureInfo.InvariantCulture, $"row {end.Seq} of the chain {end.Chain} is not the one of its checkpoint. Nothing more is deleted; `weir audit verify` says what was changed."));
        }
        var previous = first.Seq == 1
            ? AuditLink.Zero
            : (await store.StretchesAsync(cancellationToken)).FirstOrDefault(stretch => stretch.Chain == end.Chain && stretch.To == first.Seq - 1)?.Last
                ?? throw new AuditPruneException(string.Create(CultureInfo.InvariantCulture, $"the chain {end.Chain} begins with row {first.Seq}, and nobody recorded why. Nothing more is deleted; `weir audit verify` says what was changed."));
        var stretch = new AuditStretch(end.Chain, first.Seq, end.Seq, previous, end.Hash, "");
        return stretch with { Token = AuditToken.Make(AuditToken.Stretch, Payload(stretch), key).Text };
    }
}

/// <summary>Rows can't be deleted; nothing more was.</summary>
/// <param name="message">Why.</param>
public sealed class AuditPruneException(string message) : Exception(message);
