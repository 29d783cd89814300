namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// What a model of Anthropic's takes, told from its name: families and versions differ in how they are told to think, in sampling, and in
/// how they are held to a schema, and a member that a model does not take is refused with status 400. A name that says nothing is taken for
/// a model of another vendor's that speaks the dialect as it was in 2025.
/// </summary>
/// <param name="Version">Major version times 100 plus minor version; 0 when the name tells none.</param>
/// <param name="Family">Where the name tells it.</param>
internal readonly record struct ClaudeModel(int Version, ClaudeFamily Family)
{
    private static readonly (string Word, ClaudeFamily Family)[] Families =
    [
        ("opus", ClaudeFamily.Opus), ("sonnet", ClaudeFamily.Sonnet), ("haiku", ClaudeFamily.Haiku), ("fable", ClaudeFamily.Fable), ("mythos", ClaudeFamily.Mythos),
    ];

    /// <summary>Thinks at every call; there is no way to stop it.</summary>
    internal bool AlwaysThinks => IsDeepThinker || Version >= 505;

    /// <summary>Thinks unless it is told not to.</summary>
    internal bool ThinksUnasked => IsDeepThinker || Version >= 500;

    /// <summary>Takes <c>thinking.type: enabled</c> with a budget.</summary>
    internal bool TakesBudget => Version == 0 ? !IsDeepThinker : Version is >= 307 and < 407 && !IsDeepThinker;

    /// <summary>Takes <c>thinking.type: adaptive</c> and <c>output_config.effort</c>.</summary>
    internal bool TakesEffort => IsDeepThinker || Version >= 406;

    /// <summary>Knows the effort <c>xhigh</c>.</summary>
    internal bool TakesExtraHigh => IsDeepThinker || Version >= 407;

    /// <summary>Knows the effort <c>max</c>.</summary>
    internal bool TakesMost => TakesExtraHigh || (Version >= 406 && Family == ClaudeFamily.Opus);

    /// <summary>Takes <c>temperature</c>, <c>top_p</c>, <c>top_k</c>.</summary>
    internal bool TakesSampling => !IsDeepThinker && Version < 407;

    /// <summary>Takes <c>temperature</c> or <c>top_p</c>, not both.</summary>
    internal bool TakesOneSampler => Version >= 401;

    /// <summary>Takes <c>output_config.format</c> and <c>strict</c> tools.</summary>
    internal bool TakesSchema => IsDeepThinker || Version >= 405;

    /// <summary>Takes a <c>display</c> of thoughts.</summary>
    internal bool TakesDisplay => IsDeepThinker || Version >= 400;

    private bool IsDeepThinker => Family is ClaudeFamily.Fable or ClaudeFamily.Mythos;

    /// <summary>
    /// Reads a name: <c>claude-opus-4-5-20251101</c>, <c>claude-3-7-sonnet-latest</c>, <c>us.anthropic.claude-haiku-4-5-20251001-v1:0</c>,
    /// <c>claude-sonnet-4@20250514</c>. Versions are the first numbers of one or two digits that stand together.
    /// </summary>
    internal static ClaudeModel Of(string name)
    {
        var at = name.IndexOf("claude", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return default;
        }
        var rest = name.AsSpan(at + "claude".Length);
        var family = ClaudeFamily.Unknown;
        foreach (var (word, of) in Families)
        {
            if (rest.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                family = of;
            }
        }
        return new ClaudeModel(VersionIn(rest), family);
    }

    private static int VersionIn(ReadOnlySpan<char> rest)
    {
        var major = -1;
        foreach (var range in rest.SplitAny("-.@:_/"))
        {
            var word = rest[range];
            var isNumber = word.Length is 1 or 2 && !word.ContainsAnyExceptInRange('0', '9');
            var number = isNumber ? word.Length == 1 ? word[0] - '0' : ((word[0] - '0') * 10) + word[1] - '0' : -1;
            if (major >= 0)
            {
                return (major * 100) + Math.Max(number, 0);
            }
            major = number;
        }
        return Math.Max(major, 0) * 100;
    }
}

/// <summary>Lines of models.</summary>
internal enum ClaudeFamily
{
    /// <summary>Not told.</summary>
    Unknown,
    Haiku,
    Sonnet,
    Opus,
    Fable,
    Mythos,
}
