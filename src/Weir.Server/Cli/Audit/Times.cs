using System.CommandLine.Parsing;
using System.Globalization;

namespace Weir.Server.Cli.Audit;

/// <summary>Reads times of the command line.</summary>
internal static class Times
{
    /// <summary><c>2026-03-01</c>, <c>2026-03-01T12:00:00Z</c>, <c>2026-03-01T12:00:00+01:00</c>.</summary>
    internal static DateTimeOffset? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }
        argument.AddError($"'{text}' is no time; write 2026-03-01 or 2026-03-01T12:00:00Z.");
        return null;
    }
}
