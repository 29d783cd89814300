using System.Collections.Frozen;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// What a request says beside the neutral members: Anthropic's own members as they were, and those that clients of LiteLLM put into an
/// OpenAI chat body or into Bedrock's <c>additionalModelRequestFields</c>. The turn itself stays as it is: a fallback may write it once more.
/// </summary>
internal sealed class RequestExtras
{
    /// <summary>Members of Anthropic's that pass on from another dialect's body. <c>metadata</c> is not among them: OpenAI's means something else. Nor is
    /// <c>anthropic_beta</c>: Anthropic takes it as a header and refuses it in a body.</summary>
    private static readonly FrozenSet<string> PassedOn = new[]
    {
        "cache_control", "container", "context_management", "inference_geo", "mcp_servers", "speed",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ChatTurn _scratch = new();
    private readonly Dropped _dropped;

    internal RequestExtras(ChatTurn turn, Dropped dropped)
    {
        _dropped = dropped;
        (_scratch.Reasoning, _scratch.Format, _scratch.TopK) = (turn.Reasoning, turn.Format, turn.TopK);
        foreach (var extra in turn.Extras)
        {
            if (extra.Dialect == WireFormat.AnthropicMessages)
            {
                Members.Add(extra);
            }
            else
            {
                Adopt(extra);
            }
        }
    }

    internal ReasoningWish? Reasoning => _scratch.Reasoning;

    internal OutputFormat? Format => _scratch.Format;

    internal long? TopK => _scratch.TopK;

    /// <summary>Members to write; a name with a dot stands within <c>output_config</c> or <c>metadata</c>.</summary>
    internal List<Extra> Members { get; } = [];

    /// <summary>OpenAI chat's <c>web_search_options</c>; absent when it has none.</summary>
    internal RawJson WebSearch { get; private set; }

    /// <summary>Writes the members that stand within <paramref name="parent"/> (<c>output_config.</c>).</summary>
    internal void WriteInside(Utf8JsonWriter json, string parent)
    {
        foreach (var member in Members)
        {
            if (member.Name.StartsWith(parent, StringComparison.Ordinal))
            {
                json.WritePropertyName(member.Name.AsSpan(parent.Length));
                member.Value.WriteTo(json);
            }
        }
    }

    internal bool HasInside(string parent) => Members.Exists(member => member.Name.StartsWith(parent, StringComparison.Ordinal));

    private void Adopt(Extra extra)
    {
        var value = extra.Value.Utf8.Span;
        if (value.IsEmpty)
        {
            return;
        }
        var reader = new Utf8JsonReader(value, Wire.ReaderOptions);
        reader.Read();
        switch (extra.Name)
        {
            case "thinking":
                _scratch.Reasoning = RequestWishes.ReadThinking(ref reader, _scratch.Reasoning);
                break;
            case "output_config":
                RequestWishes.ReadOutput(ref reader, value, _scratch);
                Members.AddRange(_scratch.Extras);
                _scratch.Extras.Clear();
                break;
            case "output_format":
                _scratch.Format = RequestWishes.ReadFormat(ref reader, value, "output_format") ?? _scratch.Format;
                break;
            case "top_k":
                _scratch.TopK = RequestReader.Count(ref reader, "top_k");
                break;
            case "web_search_options" when reader.TokenType == JsonTokenType.StartObject:
                WebSearch = extra.Value;
                break;
            case "additionalModelRequestFields" when extra.Dialect == WireFormat.BedrockConverse && reader.TokenType == JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString() ?? "";
                    reader.Read();
                    Adopt(new Extra(extra.Dialect, name, RawJson.Copy(ref reader, value)));
                }
                break;
            default:
                if (PassedOn.Contains(extra.Name))
                {
                    Members.Add(extra);
                }
                else if (reader.TokenType != JsonTokenType.Null)
                {
                    _dropped.Add(extra.Name);
                }
                break;
        }
    }
}
