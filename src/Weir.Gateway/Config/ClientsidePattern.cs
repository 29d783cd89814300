using System.Text.RegularExpressions;

namespace Weir.Gateway.Config;

/// <summary>
/// A member that names an endpoint or a credential and that a client may set to values of one form:
/// <c>configurable_clientside_auth_params: [{api_base: "https://.*\\.example\\.com/v1"}]</c>.
/// </summary>
public sealed class ClientsidePattern
{
    private const int LongestValue = 2048;

    private readonly Regex _whole;

    private ClientsidePattern(string name, string pattern, Regex whole)
    {
        Name = name;
        Pattern = pattern;
        _whole = whole;
    }

    /// <summary>The member.</summary>
    public string Name { get; }

    /// <summary>The expression, as written.</summary>
    public string Pattern { get; }

    /// <summary>Compiles it, or says in <paramref name="problem"/> why that can't be done in time that is linear in the value.</summary>
    public static ClientsidePattern? Create(string name, string pattern, out string? problem)
    {
        try
        {
            // By itself first: what is only balanced inside the group below would not mean what is written.
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            problem = null;
            return new ClientsidePattern(name, pattern, new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>
    /// Whether <paramref name="value"/> is allowed. The whole value has to fit: a beginning that fits would let <c>https://api.example.com</c>
    /// stand for <c>https://api.example.com.elsewhere.net</c>. What an address parser would rewrite fits nothing, since what was judged
    /// would not be what is called.
    /// </summary>
    public bool Matches(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length <= LongestValue && !value.Contains('\\', StringComparison.Ordinal) && !value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)) &&
            (string.Equals(value, Pattern, StringComparison.Ordinal) || _whole.IsMatch(value));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} to what matches '{Pattern}'";
}
