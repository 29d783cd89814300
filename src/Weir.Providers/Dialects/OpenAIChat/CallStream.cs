using System.Text;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>One tool call of a stream: what has come of it and has not been told yet, and whether its arguments are whole.</summary>
internal sealed class CallStream(long index)
{
    private string? _text;
    private StringBuilder? _more;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _begun;

    internal long Index => index;

    internal string? Id { get; set; }

    internal string? Name { get; set; }

    internal string? Signature { get; set; }

    internal bool IsOpened { get; set; }

    internal bool IsClosed { get; set; }

    internal bool HasText => _text is not null;

    /// <summary>True when the arguments so far are one balanced object or list: nothing more can follow.</summary>
    internal bool IsWhole => _begun && _depth == 0;

    internal void Add(string text)
    {
        if (_text is null)
        {
            _text = text;
        }
        else
        {
            (_more ??= new StringBuilder(_text)).Append(text);
        }
        Follow(text);
    }

    /// <summary>What has not been told; null when there is nothing.</summary>
    internal string? TakeText()
    {
        var text = _more?.ToString() ?? _text;
        (_text, _more) = (null, null);
        return text;
    }

    private void Follow(string text)
    {
        foreach (var c in text)
        {
            if (_inString)
            {
                _inString = _escaped || c != '"';
                _escaped = !_escaped && c == '\\';
            }
            else if (c == '"')
            {
                _inString = true;
            }
            else if (c is '{' or '[')
            {
                _begun = true;
                _depth++;
            }
            else if (c is '}' or ']')
            {
                _depth--;
            }
        }
    }
}
