using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>What the engine says in the log.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Sign-in at an upstream's identity provider: {What}")]
    internal static partial void SignInTrouble(ILogger logger, string what);
}
