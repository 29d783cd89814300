namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>What a model's name on Bedrock tells about what it takes. Inference profiles by ARN tell nothing, and count as a Claude that is not new.</summary>
internal readonly struct ModelFamily
{
    /// <summary>Families that answer in a JSON schema natively. Source: Bedrock user guide, "Get validated JSON results from models".</summary>
    private static readonly string[] SchemaFamilies = ["qwen3", "minimax", "kimi-k2", "ministral", "mistral-large-3", "voxtral", "magistral", "nemotron"];

    private readonly string _name;

    private ModelFamily(string name)
    {
        _name = name;
        IsUnnamed = name.Length == 0;
        IsClaude = Has("claude") || Has("anthropic");
        IsUnknown = !IsClaude && (IsUnnamed || Has("arn:"));
        IsNova = Has("nova");
        IsNova2 = Has("nova-2");
        IsGptOss = Has("gpt-oss");
        ClaudeVersion = IsClaude ? VersionOf(name) : 0;
    }

    /// <summary>No name at all: a body that goes from Converse to Converse.</summary>
    internal bool IsUnnamed { get; }

    /// <summary>The name does not tell the family.</summary>
    internal bool IsUnknown { get; }

    internal bool IsClaude { get; }

    internal bool IsNova { get; }

    internal bool IsNova2 { get; }

    internal bool IsGptOss { get; }

    /// <summary>Ten times the version: 35 for Claude 3.5; 0 when it can't be told.</summary>
    internal int ClaudeVersion { get; }

    /// <summary>Whether <c>thinking</c> in Anthropic's words is understood.</summary>
    internal bool ThinksLikeClaude => IsClaude || IsUnknown;

    /// <summary>Whether <c>outputConfig.textFormat</c> is understood.</summary>
    internal bool TakesSchema => IsUnnamed || ClaudeVersion >= 45 || HasOneOf(SchemaFamilies);

    /// <summary>Whether cache points may carry how long they live.</summary>
    internal bool TakesCacheLife => IsUnnamed || ClaudeVersion >= 45;

    /// <summary>Whether a tool call can be forced.</summary>
    internal bool TakesToolChoice => !Has("meta.") && !Has("cohere.") && !Has("ai21.");

    internal static ModelFamily Of(string model) => new(model.ToLowerInvariant());

    /// <summary>The first one or two short numbers behind <c>claude</c>: <c>claude-3-5-sonnet-20241022</c>, <c>claude-opus-4-1-20250805</c>.</summary>
    private static int VersionOf(string name)
    {
        var rest = name.AsSpan(Math.Max(0, name.IndexOf("claude", StringComparison.Ordinal)));
        var major = -1;
        foreach (var range in rest.SplitAny('-', '.', ':', '@', '/'))
        {
            var word = rest[range];
            if (word.Length is 1 or 2 && int.TryParse(word, System.Globalization.NumberStyles.None, null, out var number))
            {
                if (major >= 0)
                {
                    return (major * 10) + Math.Min(number, 9);
                }
                major = number;
            }
            else if (major >= 0)
            {
                break;
            }
        }
        return major < 0 ? 0 : major * 10;
    }

    private bool HasOneOf(string[] words)
    {
        foreach (var word in words)
        {
            if (Has(word))
            {
                return true;
            }
        }
        return false;
    }

    private bool Has(string word) => _name.Contains(word, StringComparison.Ordinal);
}
