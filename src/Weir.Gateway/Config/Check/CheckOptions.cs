namespace Weir.Gateway.Config.Check;

/// <summary>How strictly a configuration is judged.</summary>
/// <param name="Strict">Warnings count as errors.</param>
/// <param name="AllowUnenforced">Keys that restrict and are not enforced by this build are warnings instead of errors.</param>
public sealed record CheckOptions(bool Strict = false, bool AllowUnenforced = false);
