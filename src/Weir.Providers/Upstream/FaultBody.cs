using System.Text;
using System.Text.Json;

namespace Weir.Providers.Upstream;

/// <summary>What an error body says, whichever of the field's shapes it has. Reading never throws, whatever the bytes are.</summary>
internal sealed class FaultBody
{
    private const int LongestMessage = 4096;

    /// <summary>Text for a person; empty when the body holds none.</summary>
    public string Message { get; private set; } = "";

    /// <summary><c>error.code</c>.</summary>
    public string? Code { get; private set; }

    /// <summary><c>error.type</c>.</summary>
    public string? Type { get; private set; }

    /// <summary><c>error.param</c>.</summary>
    public string? Param { get; private set; }

    /// <summary><c>error.innererror.code</c> (Azure).</summary>
    public string? InnerCode { get; private set; }

    /// <summary><c>error.innererror</c> as raw JSON (Azure), or null.</summary>
    public string? InnerError { get; private set; }

    /// <summary>True when the body is JSON that names an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>Takes the kind of error that a header names, where the body names none.</summary>
    internal void Named(string type) => Type ??= type;

    /// <summary>Reads <paramref name="body"/>.</summary>
    public static FaultBody Read(ReadOnlySpan<byte> body)
    {
        var read = new FaultBody();
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        body = body.Trim(" \t\r\n"u8);
        if (body.IsEmpty)
        {
            return read;
        }

        if (body[0] is (byte)'{' or (byte)'[' or (byte)'"' && read.TryJson(body))
        {
            read.Message = Shorten(read.Message);
            return read;
        }

        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 4 * LongestMessage)]);
        read.Message = Shorten(text[0] == '<' ? HtmlText(text) : text);
        return read;
    }

    private bool TryJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            Root(document.RootElement);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON after all, cut short, or with bytes in a value that are no UTF-8 (the latter is the second exception): the caller shows it as text.
            return false;
        }
    }

    private void Root(JsonElement root)
    {
        // Gemini's OpenAI-compatible face wraps its error in an array.
        for (var depth = 0; depth < 4 && root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0; depth++)
        {
            root = root[0];
        }

        if (root.ValueKind == JsonValueKind.String)
        {
            Message = Text(root) ?? "";
            return;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            Message = root.GetRawText();
            return;
        }

        if (root.TryGetProperty("error", out var error) && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined))
        {
            IsError = true;
            if (error.ValueKind == JsonValueKind.Object)
            {
                Members(error);
                return;
            }

            // Ollama {"error":"text"}; xAI {"code":"text","error":"text"}; FastAPI {"error":"type","message":"text"}.
            Members(root);
            var text = Text(error) ?? error.GetRawText();
            if (Message.Length == 0 || Message == text)
            {
                Message = text;
            }
            else
            {
                Type ??= text;
            }

            return;
        }

        // OpenAI's response.failed carries the response, and that its error.
        if (root.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
            && response.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            IsError = true;
            Members(inner);
            return;
        }

        IsError = root.TryGetProperty("detail", out var detail) || root.TryGetProperty("errors", out _)
            || root.TryGetProperty("error_code", out _) || (root.TryGetProperty("object", out var kind) && Text(kind) == "error");
        Members(root);
        if (Message.Length > 0)
        {
            return;
        }

        if (detail.ValueKind != JsonValueKind.Undefined)
        {
            Message = Detail(detail);
        }
        else if (root.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
        {
            Root(list[0]);
        }
        else
        {
            Message = root.GetRawText();
        }
    }

    private void Members(JsonElement error)
    {
        foreach (var member in error.EnumerateObject())
        {
            switch (Name(member))
            {
                case "message" or "msg" or "Message" when Message.Length == 0 && member.Value.ValueKind is not JsonValueKind.Null:
                    Message = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("detail", out var detail)
                        ? Detail(detail)
                        : Text(member.Value) ?? member.Value.GetRawText();
                    break;
                case "code" or "error_code" or "statusCode":
                    Code ??= Text(member.Value);
                    break;
                case "type":
                    Type ??= Text(member.Value);
                    break;
                case "status" when member.Value.ValueKind == JsonValueKind.String:
                    Type ??= Text(member.Value);
                    break;
                case "param":
                    Param ??= Text(member.Value);
                    break;
                case "innererror" or "inner_error" when member.Value.ValueKind == JsonValueKind.Object:
                    InnerError = member.Value.GetRawText();
                    InnerCode = member.Value.TryGetProperty("code", out var inner) ? Text(inner) : null;
                    break;
                case "metadata" when member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("raw", out var raw):
                    // OpenRouter: the vendor's own words behind its general ones.
                    var said = Text(raw) ?? raw.GetRawText();
                    Message = Message.Length == 0 ? said : $"{Message}: {said}";
                    break;
            }
        }
    }

    /// <summary>FastAPI's <c>detail</c>: text, an object with a message, or a list of places and complaints.</summary>
    private static string Detail(JsonElement detail)
    {
        switch (detail.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var name in (ReadOnlySpan<string>)["message", "error", "msg"])
                {
                    if (detail.TryGetProperty(name, out var inner))
                    {
                        return inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("message", out var message)
                            ? Text(message) ?? message.GetRawText()
                            : Text(inner) ?? inner.GetRawText();
                    }
                }

                return detail.GetRawText();
            case JsonValueKind.Array:
                var all = new StringBuilder();
                foreach (var item in detail.EnumerateArray())
                {
                    all.Append(all.Length == 0 ? "" : "; ");
                    if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("msg", out var msg))
                    {
                        if (item.TryGetProperty("loc", out var loc) && loc.ValueKind == JsonValueKind.Array)
                        {
                            all.AppendJoin('.', loc.EnumerateArray().Select(l => Text(l) ?? l.GetRawText())).Append(": ");
                        }

                        all.Append(Text(msg) ?? msg.GetRawText());
                    }
                    else
                    {
                        all.Append(Text(item) ?? item.GetRawText());
                    }
                }

                return all.ToString();
            default:
                return Text(detail) ?? detail.GetRawText();
        }
    }

    /// <summary>A string's value, a number's or boolean's text, null for everything else.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate or broken UTF-8 inside a string: the raw text still tells a person what was meant.
            return null;
        }
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            // A member whose name is no text is none of those that are looked for.
            return "";
        }
    }

    /// <summary>The title of an HTML page, else its text, so that a proxy's error page fits a line.</summary>
    private static string HtmlText(string html)
    {
        var title = html.IndexOf("<title>", StringComparison.OrdinalIgnoreCase);
        if (title >= 0)
        {
            var start = title + "<title>".Length;
            var end = html.IndexOf("</title>", start, StringComparison.OrdinalIgnoreCase);
            if (end > start)
            {
                return Lines(html[start..end]);
            }
        }

        var text = new StringBuilder();
        var inside = false;
        foreach (var c in html)
        {
            inside = c == '<' || (inside && c != '>');
            if (!inside)
            {
                text.Append(c == '>' ? ' ' : c);
            }
        }

        return Lines(text.ToString());
    }

    private static string Lines(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Shorten(string text) => text.Length <= LongestMessage ? text : string.Concat(text.AsSpan(0, LongestMessage), "… (cut)");
}
