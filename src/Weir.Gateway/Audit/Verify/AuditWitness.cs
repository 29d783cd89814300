using System.Text.RegularExpressions;

namespace Weir.Gateway.Audit.Verify;

/// <summary>Finds the tokens of checkpoints in any text that holds them: a saved log, an export of traces, a list.</summary>
public static class AuditWitness
{
    private static readonly Regex Token = new(@"(eyJ[A-Za-z0-9_-]+|weir-audit-unsigned)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>The tokens, each once, in the order of the text.</summary>
    public static IReadOnlyList<AuditToken> Read(TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tokens = new List<AuditToken>();
        while (text.ReadLine() is { } line)
        {
            foreach (Match match in Token.Matches(line))
            {
                // A log may hold tokens of others.
                if (AuditToken.Read(match.Value) is { Type: AuditToken.Checkpoint } token && seen.Add(token.Text))
                {
                    tokens.Add(token);
                }
            }
        }
        return tokens;
    }
}
