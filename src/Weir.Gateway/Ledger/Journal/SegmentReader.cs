using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>
/// Reads rows back from a segment, from the page cache in the normal case, and deals with what is not a row:
/// an unfinished last record is cut, anything else is set aside in a <c>.corrupt</c> file and counted, and reading goes on behind it.
/// </summary>
internal sealed class SegmentReader(LedgerStatus status, ILogger logger, string replica)
{
    /// <summary>Large enough for any record and for a thousand usual ones.</summary>
    public const int BufferBytes = 512 << 10;

    /// <summary>Fills the batch with rows that begin at <paramref name="from"/>, and returns the position behind what was read.</summary>
    /// <exception cref="LedgerVersionException">A later build wrote a row.</exception>
    public long Fill(LedgerBatch batch, Segment segment, long from, long end)
    {
        batch.Start(segment.Id, replica);
        var bytes = batch.Buffer[..(int)Math.Min(batch.Buffer.Length, end - from)];
        bytes = bytes[..segment.File.Read(bytes, from)];
        int at = 0;
        while (at < bytes.Length && !batch.IsFull)
        {
            var state = JournalFormat.Inspect(bytes[at..], segment.Id, out int length);
            if (state == FrameState.Whole && IsRow(bytes.Slice(at, length)))
            {
                batch.Add(from + at, at + JournalFormat.FrameBytes, length - JournalFormat.FrameBytes);
                at += length;
                continue;
            }

            // Rows before the trouble go first; a record cut by the end of the buffer is read whole the next time.
            if (at == 0)
            {
                return StepOver(segment, from, end);
            }

            break;
        }

        // Less than expected was there: the file is shorter than its segment says, and the rest is gone.
        long next = bytes.Length == 0 ? StepOver(segment, from, end) : from + at;
        batch.EndAt(next);
        return next;
    }

    private static bool IsRow(ReadOnlySpan<byte> record)
    {
        if (record[8] != (byte)EntryKind.Request)
        {
            throw new LedgerVersionException("record kind", record[8], (long)EntryKind.Request);
        }

        try
        {
            LedgerRowReader.Read(record[JournalFormat.FrameBytes..]);
            return true;
        }
        catch (LedgerFormatException)
        {
            // Set aside by the caller, with a log line and a count.
            return false;
        }
    }

    private long StepOver(Segment segment, long from, long end)
    {
        byte[] rest = new byte[end - from];
        int read = segment.File.Read(rest, from);
        var bytes = rest.AsSpan(0, read);
        int next = 1;
        while (next < bytes.Length && JournalFormat.Inspect(bytes[next..], segment.Id, out _) != FrameState.Whole)
        {
            next++;
        }

        bool last = next >= bytes.Length;
        if (last && (JournalFormat.Inspect(bytes, segment.Id, out _) == FrameState.Short || !bytes.ContainsAnyExcept((byte)0)))
        {
            status.TornTail();
            logger.TornTail(segment.Path, from, bytes.Length);
            return end;
        }

        string aside = $"{segment.Path}.{from}.corrupt";
        File.WriteAllBytes(aside, last ? bytes : bytes[..next]);
        status.Quarantine();
        logger.Damaged(segment.Path, from, last ? bytes.Length : next, aside);
        return last ? end : from + next;
    }
}
