namespace Weir.Gateway.Config;

/// <summary>How a configuration is loaded.</summary>
public sealed record ConfigLoadOptions
{
    /// <summary>The environment; the process's own when not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary><c>--allow-unenforced</c>: start although the file holds limits that this build does not enforce.</summary>
    public bool AllowUnenforced { get; init; }

    /// <summary><c>--strict</c>: a warning counts as an error.</summary>
    public bool Strict { get; init; }
}
