using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Audit;

/// <summary>Log lines of the audit. The one with the token is the witness: whoever keeps the log outside the database can prove what was in it.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(1040, LogLevel.Information, "Audit checkpoint {Number}: {Token}")]
    internal static partial void CheckpointWritten(this ILogger logger, long number, string token);

    [LoggerMessage(1041, LogLevel.Warning, "Audit checkpoints are not signed: set general_settings.audit.signing_key_file or WEIR_AUDIT_KEY_FILE (`weir audit keygen` makes a key). Until then the audit shows changes but proves nothing to others.")]
    internal static partial void CheckpointsUnsigned(this ILogger logger);

    [LoggerMessage(1042, LogLevel.Warning, "An audit checkpoint could not be written: {Problem}. The next try comes in {Delay}.")]
    internal static partial void CheckpointFailed(this ILogger logger, string problem, TimeSpan delay);
}
