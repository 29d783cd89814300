using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>Log lines of the journal.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal {File}: {Bytes} bytes of an unfinished last record were cut at position {Position}; no caller had seen its effect.")]
    public static partial void TornTail(this ILogger logger, string file, long position, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Journal {File}: {Bytes} damaged bytes at position {Position} were set aside as {Quarantine}. Rows in them are not in the ledger; check the disk.")]
    public static partial void Damaged(this ILogger logger, string file, long position, long bytes, string quarantine);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger's store did not take {Rows} rows: {Error}. They stay in the journal ({PendingBytes} bytes wait); next try in {Delay}.")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, int rows, string error, long pendingBytes, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal in {Folder} cannot be written: {Error}. New requests are refused until it can.")]
    public static partial void CannotWrite(this ILogger logger, Exception exception, string folder, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The journal in {Folder} can be written again.")]
    public static partial void CanWriteAgain(this ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping with {PendingBytes} bytes in the journal that the store did not take; the next start on {Folder} moves them.")]
    public static partial void StoppedWithRows(this ILogger logger, string folder, long pendingBytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Replayed {Rows} rows of an earlier process from {Segments} journal segments.")]
    public static partial void Replayed(this ILogger logger, long rows, int segments);
}
