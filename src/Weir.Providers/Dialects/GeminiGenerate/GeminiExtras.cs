using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Where members without a neutral name go in a Gemini body. Gemini's own go back to their place; of other dialects' those pass on that Gemini has a member for,
/// in either spelling, as LiteLLM does (<c>safety_settings</c>, <c>top_k</c>, <c>responseModalities</c>); the rest is dropped by name.
/// </summary>
internal sealed class GeminiExtras
{
    private const string ConfigPath = "generationConfig.";
    private const string ToolPath = "toolConfig.";
    private const string CallingPath = "toolConfig.functionCallingConfig.";

    private static readonly string[] TopMembers = ["safetySettings", "cachedContent", "labels"];

    private static readonly string[] ConfigMembers =
    [
        "topK", "candidateCount", "maxOutputTokens", "stopSequences", "responseModalities", "speechConfig", "mediaResolution", "audioTimestamp", "thinkingConfig", "imageConfig",
        "enableAffectiveDialog", "routingConfig", "modelSelectionConfig", "enableEnhancedCivicAnswers", "responseMimeType", "responseSchema", "responseJsonSchema", "responseFormat",
        "translationConfig", "audioTranscriptionConfig",
    ];

    /// <summary>Members of the body.</summary>
    public List<Extra> Top { get; } = [];

    /// <summary>Members of <c>generationConfig</c>.</summary>
    public List<Extra> Config { get; } = [];

    /// <summary>Members of <c>toolConfig</c>.</summary>
    public List<Extra> ToolConfig { get; } = [];

    /// <summary>Members of <c>functionCallingConfig</c>.</summary>
    public List<Extra> Calling { get; } = [];

    /// <summary>Whether <c>web_search_options</c> asks for a search.</summary>
    public bool WantsSearch { get; private set; }

    /// <summary>Whether the caller wants built-in tools and functions together.</summary>
    public bool MixesTools { get; private set; }

    /// <summary>Sorts the extras of <paramref name="turn"/>.</summary>
    public static GeminiExtras Of(ChatTurn turn, Dropped dropped)
    {
        var sorted = new GeminiExtras();
        foreach (var extra in turn.Extras)
        {
            if (!(extra.Dialect == WireFormat.GeminiGenerate ? sorted.AddOwn(extra) : sorted.AddForeign(extra, turn)))
            {
                dropped.Add(extra.Name);
            }
        }

        return sorted;
    }

    private bool AddOwn(Extra extra)
    {
        if (extra.Name.StartsWith(ConfigPath, StringComparison.Ordinal))
        {
            Config.Add(extra with { Name = extra.Name[ConfigPath.Length..] });
        }
        else if (extra.Name.StartsWith(CallingPath, StringComparison.Ordinal))
        {
            Calling.Add(extra with { Name = extra.Name[CallingPath.Length..] });
        }
        else if (extra.Name.StartsWith(ToolPath, StringComparison.Ordinal))
        {
            ToolConfig.Add(extra with { Name = extra.Name[ToolPath.Length..] });
            MixesTools |= extra.Name.EndsWith(".includeServerSideToolInvocations", StringComparison.Ordinal);
        }
        else if (extra.Name.Contains('.', StringComparison.Ordinal))
        {
            return false;
        }
        else
        {
            Top.Add(extra);
        }

        return true;
    }

    private bool AddForeign(Extra extra, ChatTurn turn)
    {
        var name = GeminiJson.Camel(extra.Name);
        switch (name)
        {
            case "topK" when turn.TopK is not null:
            case "thinkingConfig" when turn.Reasoning is not null:
            case "candidateCount" when turn.Choices is not null:
            case "maxOutputTokens" when turn.MaxTokens is not null:
            case "stopSequences" when turn.Stop.Count > 0:
            case "responseMimeType" or "responseSchema" or "responseJsonSchema" when turn.Format is not null:
                // Said twice: the dialect's own member holds.
                return false;
            case "modalities":
                Config.Add(new(extra.Dialect, "responseModalities", RawJson.Of(Encoding.UTF8.GetBytes(extra.Value.ToString().ToUpperInvariant()))));
                return true;
            case "audio" when GeminiVoice.From(extra.Value) is { } voice:
                Config.Add(new(extra.Dialect, "speechConfig", voice));
                return true;
            case "webSearchOptions":
                WantsSearch = true;
                return true;
            case "includeServerSideToolInvocations":
                MixesTools = extra.Value.Utf8.Span.SequenceEqual("true"u8);
                ToolConfig.Add(extra with { Name = name });
                return true;
        }

        if (Array.IndexOf(TopMembers, name) >= 0)
        {
            Top.Add(extra with { Name = name });
            return true;
        }

        if (Array.IndexOf(ConfigMembers, name) >= 0)
        {
            Config.Add(extra with { Name = name });
            return true;
        }

        return false;
    }
}
