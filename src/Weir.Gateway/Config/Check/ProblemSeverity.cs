namespace Weir.Gateway.Config.Check;

/// <summary>How much a problem matters.</summary>
public enum ProblemSeverity
{
    /// <summary>Worth knowing; never stops anything.</summary>
    Info,

    /// <summary>The start goes on; with <c>--strict</c> it does not.</summary>
    Warning,

    /// <summary>The start, or the reload, is refused.</summary>
    Error,
}
