using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>The members of a request that the server acts on. Lives as long as the parsed body.</summary>
internal sealed class ModelRequest
{
    private readonly JsonElement? _root;

    public ModelRequest(ModelRoute route, JsonElement? root, int number)
    {
        _root = root;
        Kind = route.Kind;
        Number = number;
        Model = route.Model ?? Text("model");
        if (Member("messages") is { ValueKind: JsonValueKind.Array } messages)
        {
            ReadMessages(messages);
        }
    }

    public RouteKind Kind { get; }

    /// <summary>Position among all requests; part of the answer's id.</summary>
    public int Number { get; }

    public string? Model { get; }

    public bool Stream => Member("stream") is { ValueKind: JsonValueKind.True };

    public bool IncludeUsage =>
        Member("stream_options") is { ValueKind: JsonValueKind.Object } options
        && options.TryGetProperty("include_usage", out var include) && include.ValueKind == JsonValueKind.True;

    public int Choices => Math.Clamp(Number32("n") ?? 1, 1, 16);

    public int? MaxTokens => Number32("max_completion_tokens") ?? Number32("max_tokens");

    /// <summary>The last user message, or the last tool result when that came later.</summary>
    public string LastText { get; private set; } = "";

    public bool AfterTool { get; private set; }

    public int PromptTokens { get; private set; }

    /// <summary>The first required member that is not there.</summary>
    public string? MissingMember => Kind switch
    {
        _ when Model is null => "model",
        RouteKind.Chat when Member("messages") is not { ValueKind: JsonValueKind.Array } => "messages",
        RouteKind.Completion when Member("prompt") is null => "prompt",
        RouteKind.Embedding when Member("input") is null => "input",
        _ => null,
    };

    public JsonElement? Member(string name) =>
        _root is { } root && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public int? Number32(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    /// <summary>Names and parameter schemas of the offered functions.</summary>
    public ImmutableArray<(string Name, JsonElement? Schema)> Tools()
    {
        if (Member("tools") is not { ValueKind: JsonValueKind.Array } tools)
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<(string, JsonElement?)>();
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function)
                && function.ValueKind == JsonValueKind.Object && function.TryGetProperty("name", out var name)
                && name.ValueKind == JsonValueKind.String)
            {
                found.Add((name.GetString() ?? "", function.TryGetProperty("parameters", out var schema) ? schema : null));
            }
        }

        return found.DrainToImmutable();
    }

    /// <summary>The function that <c>tool_choice</c> forces, or null.</summary>
    public (string Name, JsonElement? Schema)? ForcedTool()
    {
        var tools = Tools();
        if (AfterTool || tools.IsEmpty || Member("tool_choice") is not { } choice)
        {
            return null;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.ValueEquals("required") ? tools[0] : null;
        }

        if (choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("function", out var function)
            && function.TryGetProperty("name", out var name))
        {
            foreach (var tool in tools)
            {
                if (name.ValueEquals(tool.Name))
                {
                    return tool;
                }
            }
        }

        return null;
    }

    private void ReadMessages(JsonElement messages)
    {
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var text = message.TryGetProperty("content", out var content) ? TextOf(content) : "";
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (!message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            if (role.ValueEquals("user") || role.ValueEquals("tool"))
            {
                LastText = text;
                AfterTool = role.ValueEquals("tool");
            }
        }

        foreach (var (_, schema) in Tools())
        {
            // A tool costs one token per four bytes of its schema: something fixed and easy to recompute.
            PromptTokens += schema is { } known ? (Encoding.UTF8.GetByteCount(known.GetRawText()) + 3) / 4 : 1;
        }
    }

    /// <summary>Text of a message's content: a string, or the text parts of a list.</summary>
    private static string TextOf(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return content.GetString() ?? "";
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return "";
        }

        var joined = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            {
                joined.Append(joined.Length > 0 ? "\n" : "").Append(text.GetString());
            }
        }

        return joined.ToString();
    }
}
