namespace Weir.Server.Cli;

/// <summary>What is said at the start.</summary>
internal static partial class StartLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{What}")]
    internal static partial void Warning(ILogger logger, string what);
}
