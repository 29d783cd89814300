namespace Weir.Server.Cli;

/// <summary>How <c>weir serve</c> was started, from flags and environment.</summary>
internal sealed record ServeOptions
{
    /// <summary>The configuration file; null when <see cref="Model"/> says it all.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>One model without a file.</summary>
    public string? Model { get; init; }

    /// <summary>Its public name.</summary>
    public string? Alias { get; init; }

    /// <summary>Its address.</summary>
    public string? ApiBase { get; init; }

    /// <summary>Its api-version.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Address to listen on; null for the default.</summary>
    public string? Host { get; init; }

    /// <summary>Port to listen on; 0 for any free one.</summary>
    public int Port { get; init; } = 4000;

    /// <summary>PEM certificate for HTTPS.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its PEM key.</summary>
    public string? KeyFile { get; init; }

    /// <summary><c>--debug</c>, <c>--detailed_debug</c>: log everything of Weir's own but content and secrets.</summary>
    public bool Debug { get; init; }

    /// <summary>Start although the file holds limits that this build does not enforce.</summary>
    public bool AllowUnenforced { get; init; }
}
