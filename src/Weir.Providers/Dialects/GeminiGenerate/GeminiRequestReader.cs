using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Reads a generateContent request. Members below <c>generationConfig</c> and <c>toolConfig</c> that have no neutral name become extras under their path
/// (<c>generationConfig.responseModalities</c>), which the writer puts back where they were.
/// </summary>
internal ref struct GeminiRequestReader
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly ChatTurn _turn = new();
    private readonly GeminiCallIds _ids = GeminiCallIds.OfHistory();
    private Utf8JsonReader _json;

    private GeminiRequestReader(ReadOnlySpan<byte> source)
    {
        _source = source;
        _json = new(source, GeminiJson.ReaderOptions);
    }

    /// <summary>Reads <paramref name="body"/>.</summary>
    public static ChatTurn Read(ReadOnlySpan<byte> body) => new GeminiRequestReader(body).Turn();

    private ChatTurn Turn()
    {
        var top = new Place("");
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
        {
            throw new DialectException("", "The body must be a JSON object.");
        }

        var system = new List<ContentPart>();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref _json, "contents"u8))
            {
                Contents(top);
            }
            else if (GeminiJson.Is(ref _json, "systemInstruction"u8))
            {
                if (GeminiJson.Enter(ref _json, top, "systemInstruction"))
                {
                    Content("systemInstruction", -1, system);
                }
            }
            else if (GeminiJson.Is(ref _json, "tools"u8))
            {
                GeminiToolReader.Read(ref _json, _source, _turn);
            }
            else if (GeminiJson.Is(ref _json, "toolConfig"u8))
            {
                GeminiToolReader.ReadConfig(ref _json, _source, _turn);
            }
            else if (GeminiJson.Is(ref _json, "generationConfig"u8))
            {
                if (GeminiJson.Enter(ref _json, top, "generationConfig"))
                {
                    GeminiConfigReader.Read(ref _json, _source, _turn);
                }
            }
            else if (GeminiJson.Is(ref _json, "model"u8))
            {
                // The path names it; some clients repeat it with its collection.
                _turn.Model = GeminiJson.Text(ref _json, top, "model") is { } model ? model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model : "";
            }
            else if (GeminiJson.Is(ref _json, "serviceTier"u8))
            {
                _turn.ServiceTier = GeminiJson.Text(ref _json, top, "serviceTier") is { } tier && tier != "unspecified" ? tier : null;
            }
            else
            {
                Extra("");
            }
        }

        if (system.Count > 0)
        {
            _turn.Messages.Insert(0, new(ChatRole.System, system));
        }

        return _turn;
    }

    private void Contents(in Place top)
    {
        if (!GeminiJson.EnterArray(ref _json, top, "contents"))
        {
            return;
        }

        for (var at = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; at++)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                throw new Place("contents", at).Wrong("", "an object", _json.TokenType);
            }

            var parts = new List<ContentPart>();
            var role = Content("contents", at, parts);
            Add(role, parts);
        }
    }

    /// <summary>Reads one content; returns its role.</summary>
    private string? Content(string outer, int at, List<ContentPart> parts)
    {
        var place = new Place(outer, at);
        string? role = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref _json, "role"u8))
            {
                role = GeminiJson.Text(ref _json, place, "role");
                if (role is not (null or "" or "user" or "model" or "function" or "system"))
                {
                    throw new DialectException(place.Of("role"), $"`{place.Of("role")}` must be `user` or `model`.");
                }
            }
            else if (GeminiJson.Is(ref _json, "parts"u8))
            {
                if (!GeminiJson.EnterArray(ref _json, place, "parts"))
                {
                    continue;
                }

                for (var i = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; i++)
                {
                    if (_json.TokenType != JsonTokenType.StartObject)
                    {
                        throw new Place(outer, at, "parts", i).Wrong("", "an object", _json.TokenType);
                    }

                    var part = GeminiPart.Read(ref _json, _source, new(outer, at, "parts", i), _turn.Extras);
                    GeminiParts.Add(parts, part, _ids);
                }
            }
            else
            {
                _json.Read();
                _json.Skip();
            }
        }

        return role;
    }

    /// <summary>Results of tools stand in a content of the user; neutral has a role for them, so a mixed content becomes several messages.</summary>
    private readonly void Add(string? role, List<ContentPart> parts)
    {
        var speaker = role is "model" ? ChatRole.Assistant : ChatRole.User;
        if (speaker == ChatRole.Assistant && _turn.Messages.Count > 0 && _turn.Messages[^1] is { Role: ChatRole.Assistant } before)
        {
            Continue(before.Parts, parts);
            return;
        }

        if (speaker == ChatRole.Assistant || !parts.Exists(part => part is ToolResultPart))
        {
            _turn.Messages.Add(new(speaker, parts));
            return;
        }

        List<ContentPart>? group = null;
        var isResults = false;
        foreach (var part in parts)
        {
            if (group is null || part is ToolResultPart != isResults)
            {
                isResults = part is ToolResultPart;
                _turn.Messages.Add(new(isResults ? ChatRole.Tool : speaker, group = []));
            }

            group.Add(part);
        }
    }

    /// <summary>
    /// The SDKs' chats keep every event of a stream as a content of its own: text, and thoughts with their seal, come back in the pieces in which they went
    /// out. A vendor that compares thoughts with their seal wants them whole.
    /// </summary>
    private static void Continue(List<ContentPart> before, List<ContentPart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i])
            {
                case TextPart { Text: "" }:
                    break;
                case TextPart piece when i == 0 && before.Count > 0 && before[^1] is TextPart text:
                    before[^1] = text with { Text = text.Text + piece.Text };
                    break;
                case ThinkingPart { Redacted: false } piece when i == 0 && before.Count > 0 && before[^1] is ThinkingPart { Signature: null, Redacted: false } thought:
                    before[^1] = piece with { Text = thought.Text + piece.Text };
                    break;
                default:
                    before.Add(parts[i]);
                    break;
            }
        }
    }

    private void Extra(string path)
    {
        var name = path + GeminiJson.Camel(GeminiJson.Name(ref _json));
        _json.Read();
        if (_json.TokenType != JsonTokenType.Null)
        {
            _turn.Extras.Add(new(WireFormat.GeminiGenerate, name, RawJson.Copy(ref _json, _source)));
        }
    }
}
