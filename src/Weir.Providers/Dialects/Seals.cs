using Weir.Providers.Dialects.BedrockConverse;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects;

/// <summary>
/// Whose seals are whose. Vendors seal a model's thoughts and want the seal back with the conversation; another vendor's they refuse. A client
/// brings seals back inside its own dialect, where nothing tells them apart. So a seal that crosses into a dialect whose vendor did not make it
/// gets a mark in front (<c>weir1:gemini:</c>), and loses it when it comes back. What passes through untouched is never marked.
/// </summary>
public static class Seals
{
    /// <summary>Claude's, wherever it runs: Anthropic, Bedrock, Vertex and Foundry read each other's.</summary>
    public const string Anthropic = "anthropic";

    /// <summary>Gemini's, by Google AI Studio or Vertex.</summary>
    public const string Gemini = "gemini";

    /// <summary>What stands in front of a marked seal: no vendor's base64 has a colon.</summary>
    private const string Mark = "weir1:";

    /// <summary>Who seals what a model says, and reads what it sealed.</summary>
    /// <param name="format">How the model is spoken to.</param>
    /// <param name="provider">Catalog name of the provider.</param>
    /// <param name="model">The upstream's name of the model.</param>
    public static string VendorOf(WireFormat format, string provider, string model)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(model);
        return format switch
        {
            WireFormat.AnthropicMessages => Anthropic,
            WireFormat.GeminiGenerate => Gemini,
            WireFormat.BedrockConverse when ModelFamily.Of(model).ThinksLikeClaude => Anthropic,
            _ => provider,
        };
    }

    /// <summary>Whether a body can hold a marked seal: a search that costs next to nothing.</summary>
    /// <param name="format">How the body is written.</param>
    /// <param name="body">The body.</param>
    public static bool MayBeMarked(WireFormat format, ReadOnlySpan<byte> body) =>
        body.IndexOf("weir1:"u8) >= 0 || (format == WireFormat.GeminiGenerate && body.IndexOf("d2Vpci1"u8) >= 0);

    /// <summary>The seal as a client of <paramref name="client"/> gets it; null when there is none.</summary>
    /// <param name="seal">The vendor's.</param>
    /// <param name="vendor">Whose it is.</param>
    /// <param name="client">The client's dialect.</param>
    public static string? Marked(string? seal, string vendor, WireFormat client) =>
        string.IsNullOrEmpty(seal) || vendor == OwnerOf(client) ? seal : $"{Mark}{vendor}:{seal}";

    /// <summary>Whether a seal is marked, and so not of the vendor whose dialect it is in.</summary>
    internal static bool IsMarked(string? seal) => seal is not null && seal.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>Marks the seals of a whole answer.</summary>
    public static void MarkAnswer(ChatResult result, string vendor, WireFormat client)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var choice in result.Choices)
        {
            for (var i = 0; i < choice.Parts.Count; i++)
            {
                choice.Parts[i] = choice.Parts[i] switch
                {
                    ThinkingPart { Signature: { } seal } part => part with { Signature = Marked(seal, vendor, client) },
                    ToolCallPart { Signature: { } seal } part => part with { Signature = Marked(seal, vendor, client) },
                    var other => other,
                };
            }
        }
    }

    /// <summary>Says of each seal of a request whose it is: the mark tells, which is taken off, else the client's dialect does.</summary>
    /// <returns>Whether any was marked.</returns>
    public static bool Read(ChatTurn turn, WireFormat client)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var any = false;
        foreach (var message in turn.Messages)
        {
            for (var i = 0; i < message.Parts.Count; i++)
            {
                switch (message.Parts[i])
                {
                    case ThinkingPart { Signature: { } seal } part:
                        any |= IsMarked(seal);
                        var (thought, by) = Split(seal, client);
                        message.Parts[i] = part with { Signature = thought, SealedBy = by };
                        break;
                    case ToolCallPart { Signature: { } seal } part:
                        any |= IsMarked(seal);
                        var (call, sealedBy) = Split(seal, client);
                        message.Parts[i] = part with { Signature = call, SealedBy = sealedBy };
                        break;
                    default:
                        break;
                }
            }
        }
        return any;
    }

    /// <summary>Takes out the seals that <paramref name="vendor"/> can't read, and names them in the words of the client's dialect. Whose nobody knows stay.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool DropForeign(ChatTurn turn, string vendor, WireFormat client, Dropped dropped)
    {
        ArgumentNullException.ThrowIfNull(turn);
        ArgumentNullException.ThrowIfNull(dropped);
        var any = false;
        foreach (var message in turn.Messages)
        {
            for (var i = message.Parts.Count - 1; i >= 0; i--)
            {
                switch (message.Parts[i])
                {
                    case ThinkingPart { SealedBy: { } by } part when by != vendor:
                        any = true;
                        dropped.Add(NameOf(client, part.Redacted));
                        if (part.Redacted || part.Text.Length == 0)
                        {
                            message.Parts.RemoveAt(i);
                        }
                        else
                        {
                            // Its id names an item that the sealing vendor keeps.
                            message.Parts[i] = part with { Signature = null, SealedBy = null, Id = null };
                        }
                        break;
                    case ToolCallPart { SealedBy: { } by } part when by != vendor:
                        any = true;
                        dropped.Add("thought_signature");
                        message.Parts[i] = part with { Signature = null, SealedBy = null };
                        break;
                    default:
                        break;
                }
            }
        }
        return any;
    }

    /// <summary>Whose seals a dialect's are when they bear no mark; null where several vendors write them.</summary>
    private static string? OwnerOf(WireFormat client) => client switch
    {
        WireFormat.AnthropicMessages => Anthropic,
        WireFormat.GeminiGenerate => Gemini,
        WireFormat.OpenAIResponses => "openai",
        _ => null,
    };

    private static (string Seal, string? By) Split(string seal, WireFormat client)
    {
        if (!IsMarked(seal) || seal.IndexOf(':', Mark.Length) is not (> 0 and var end))
        {
            return (seal, OwnerOf(client));
        }
        return (seal[(end + 1)..], seal[Mark.Length..end]);
    }

    private static string NameOf(WireFormat client, bool redacted) => client switch
    {
        WireFormat.AnthropicMessages => redacted ? "redacted_thinking" : "thinking.signature",
        WireFormat.GeminiGenerate => "thoughtSignature",
        WireFormat.OpenAIResponses => "reasoning.encrypted_content",
        WireFormat.BedrockConverse => "reasoningContent",
        _ => redacted ? "thinking_blocks" : "thinking_blocks.signature",
    };
}
