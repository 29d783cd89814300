using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads <c>tools</c>, <c>tool_choice</c> and their predecessors <c>functions</c> and <c>function_call</c>.</summary>
internal static class ToolReader
{
    internal static void ReadTools(ref BodyReader reader, List<ToolDefinition> tools)
    {
        if (!reader.EnterArray("tools"))
        {
            return;
        }
        for (var i = 0; reader.NextItem(); i++)
        {
            reader.At = BodyReader.Item("", "tools", i);
            tools.Add(ReadTool(ref reader));
        }
        reader.At = "";
    }

    internal static void ReadFunctions(ref BodyReader reader, List<ToolDefinition> tools)
    {
        if (!reader.EnterArray("functions"))
        {
            return;
        }
        for (var i = 0; reader.NextItem(); i++)
        {
            reader.At = BodyReader.Item("", "functions", i);
            tools.Add(reader.EnterObject("name") ? ReadFunction(ref reader) : throw reader.Wrong("name", "a string"));
        }
        reader.At = "";
    }

    /// <summary>A function, or a tool that runs at the vendor: those are known by their type, or (Gemini's, in LiteLLM) by their one member.</summary>
    private static ToolDefinition ReadTool(ref BodyReader reader)
    {
        if (!reader.EnterObject("function"))
        {
            throw reader.Wrong("function", "an object");
        }
        var again = reader;
        string? type = null, name = null, first = null;
        ToolDefinition? function = null;
        var cacheControl = default(RawJson);
        while (reader.NextMember())
        {
            first ??= reader.Json.GetString();
            if (reader.Is("type"u8))
            {
                type = reader.Text("type");
            }
            else if (reader.Is("function"u8))
            {
                function = reader.EnterObject("function") ? ReadFunction(ref reader) : null;
            }
            else if (reader.Is("cache_control"u8))
            {
                cacheControl = reader.RawUnlessNull();
            }
            else if (reader.Is("name"u8))
            {
                name = reader.Text("name");
            }
            else
            {
                reader.SkipMember();
            }
        }
        if (type == "function" || (type is null && function is not null))
        {
            function ??= name is null ? throw reader.Wrong("function", "an object") : new ToolDefinition(name);
            return cacheControl.IsAbsent ? function : function with { CacheControl = cacheControl };
        }
        return new ToolDefinition(name ?? function?.Name ?? type ?? first ?? "") { BuiltIn = again.Raw(), BuiltInFrom = WireFormat.OpenAIChat };
    }

    private static ToolDefinition ReadFunction(ref BodyReader reader)
    {
        string? name = null, description = null;
        RawJson parameters = default, cacheControl = default;
        bool? strict = null;
        while (reader.NextMember())
        {
            if (reader.Is("name"u8))
            {
                name = reader.Text("function.name");
            }
            else if (reader.Is("description"u8))
            {
                description = reader.Text("function.description");
            }
            else if (reader.Is("parameters"u8))
            {
                parameters = reader.EnterObject("function.parameters") ? reader.Raw() : default;
            }
            else if (reader.Is("strict"u8))
            {
                strict = reader.Flag("function.strict");
            }
            else if (reader.Is("cache_control"u8))
            {
                cacheControl = reader.RawUnlessNull();
            }
            else
            {
                reader.SkipMember();
            }
        }
        return new ToolDefinition(name ?? throw reader.Wrong("function.name", "a string"))
        {
            Description = description,
            Parameters = parameters,
            Strict = strict,
            CacheControl = cacheControl,
        };
    }

    /// <summary>A word, a named function, or <c>allowed_tools</c>.</summary>
    internal static ToolChoice? ReadChoice(ref BodyReader reader, string member)
    {
        if (reader.Json.TokenType == JsonTokenType.String)
        {
            return OfWord(reader.Text(member)) ?? throw reader.Wrong(member, "`auto`, `none`, `required` or an object");
        }
        if (!reader.EnterObject(member))
        {
            return null;
        }
        string? type = null, name = null, mode = null;
        List<string> allowed = [];
        ReadChoiceMembers(ref reader, member, ref type, ref name, ref mode, allowed);
        return type switch
        {
            "allowed_tools" => (OfWord(mode) ?? new ToolChoice(ToolChoiceKind.Auto)) with { Allowed = allowed },
            null or "function" or "tool" or "custom" when name is not null => new ToolChoice(ToolChoiceKind.Named, name),
            _ => OfWord(type) ?? throw reader.Wrong(member, "`auto`, `none`, `required` or the name of a function"),
        };
    }

    /// <summary>The choice may lie one level deeper, under <c>function</c>, <c>custom</c> or <c>allowed_tools</c>, and inside the list once more.</summary>
    private static void ReadChoiceMembers(ref BodyReader reader, string member, ref string? type, ref string? name, ref string? mode, List<string> allowed)
    {
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
            {
                type ??= reader.Text(member + ".type");
            }
            else if (reader.Is("name"u8))
            {
                name = reader.Text(member + ".name");
            }
            else if (reader.Is("mode"u8))
            {
                mode = reader.Text(member + ".mode");
            }
            else if (reader.Is("function"u8) || reader.Is("custom"u8) || reader.Is("allowed_tools"u8))
            {
                if (reader.EnterObject(member))
                {
                    string? innerType = null;
                    ReadChoiceMembers(ref reader, member, ref innerType, ref name, ref mode, allowed);
                }
            }
            else if (reader.Is("tools"u8))
            {
                ReadAllowed(ref reader, member, allowed);
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    private static void ReadAllowed(ref BodyReader reader, string member, List<string> allowed)
    {
        if (!reader.EnterArray(member + ".tools"))
        {
            return;
        }
        while (reader.NextItem())
        {
            string? type = null, name = null, mode = null;
            if (reader.EnterObject(member + ".tools"))
            {
                ReadChoiceMembers(ref reader, member, ref type, ref name, ref mode, []);
            }
            if ((name ?? type) is { } tool)
            {
                allowed.Add(tool);
            }
        }
    }

    private static ToolChoice? OfWord(string? word) => word switch
    {
        "auto" => new ToolChoice(ToolChoiceKind.Auto),
        "none" => new ToolChoice(ToolChoiceKind.None),
        "required" or "any" => new ToolChoice(ToolChoiceKind.Required),
        _ => null,
    };
}
