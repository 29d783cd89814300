using System.Globalization;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Ids of tool calls. Gemini before the third generation has none and pairs calls and results by name and order; other dialects need them. Ids made for a
/// history are counted from its beginning, so that the same history always reads the same and another vendor's prompt cache holds.
/// </summary>
internal sealed class GeminiCallIds
{
    /// <summary>Longest part of an answer's id that goes into its calls' ids: OpenAI allows 40 characters in all in older versions.</summary>
    private const int MostOfAnswer = 24;

    /// <summary>How ids begin that Weir or another vendor made: Gemini and Vertex did not give them out and may refuse the member.</summary>
    private static readonly string[] Foreign = ["call_", "toolu_", "tooluse_", "fc_", "chatcmpl-tool-", "srvtoolu_"];

    private readonly string _stem;
    private readonly List<(string Name, string Id)> _open = [];
    private int _made;

    private GeminiCallIds(string stem) => _stem = stem;

    /// <summary>Ids for the calls of a history.</summary>
    public static GeminiCallIds OfHistory() => new("call_");

    /// <summary>Ids for the calls of one answer, told apart from those of other answers by its id, or by chance when it has none.</summary>
    public static GeminiCallIds OfAnswer(string? answerId)
    {
        Span<char> kept = stackalloc char[MostOfAnswer];
        var length = 0;
        foreach (var c in answerId ?? "")
        {
            if (char.IsAsciiLetterOrDigit(c) && length < kept.Length)
            {
                kept[length++] = c;
            }
        }

        return new($"call_{(length > 0 ? new string(kept[..length]) : Guid.NewGuid().ToString("N")[..MostOfAnswer])}_");
    }

    /// <summary>Whether <paramref name="id"/> may be one that Gemini gave out, and so wants back.</summary>
    public static bool IsGeminis(string id)
    {
        foreach (var start in Foreign)
        {
            if (id.StartsWith(start, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return id.Length > 0;
    }

    /// <summary>The id of a call of <paramref name="name"/>.</summary>
    public string Call(string? id, string name)
    {
        var given = string.IsNullOrEmpty(id) ? Make() : id;
        _open.Add((name, given));
        return given;
    }

    /// <summary>The id of the call that a result of <paramref name="name"/> belongs to: its own, else that of the first open call of that name.</summary>
    public string Result(string? id, string name)
    {
        var at = _open.FindIndex(call => string.IsNullOrEmpty(id) ? call.Name == name : call.Id == id);
        if (at < 0)
        {
            return string.IsNullOrEmpty(id) ? Make() : id;
        }

        var found = _open[at].Id;
        _open.RemoveAt(at);
        return found;
    }

    private string Make() => _stem + (++_made).ToString(CultureInfo.InvariantCulture);
}
