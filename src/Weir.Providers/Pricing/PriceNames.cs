namespace Weir.Providers.Pricing;

/// <summary>Under which names a deployment's model may stand in the price book, in LiteLLM's order.</summary>
internal static class PriceNames
{
    // Prefixes that name a wire form or a place, not a model.
    private static readonly string[] OpenAIForms = ["responses/", "o_series/", "gpt5_series/", "text/", "chat/"];
    private static readonly string[] BedrockForms = ["converse/", "invoke/", "converse_like/"];
    private static readonly string[] BedrockRegions = ["us.", "eu.", "apac.", "global.", "us-gov.", "jp.", "au.", "ca."];

    /// <summary>The provider's name as the book's rows carry it in their keys.</summary>
    internal static string Family(string provider) => provider switch
    {
        "bedrock_converse" => "bedrock",
        "cohere_chat" => "cohere",
        "ollama_chat" => "ollama",
        "text-completion-openai" => "openai",
        "azure_text" => "azure",
        _ when provider.StartsWith("vertex_ai", StringComparison.Ordinal) => "vertex_ai",
        _ when provider.StartsWith("fireworks_ai", StringComparison.Ordinal) => "fireworks_ai",
        _ => provider,
    };

    /// <summary>
    /// Whether a row without prefix may price a call to <paramref name="provider"/>. Azure sells OpenAI's models at OpenAI's list
    /// price; a local server that calls its model <c>gpt-4o</c> does not sell it at all.
    /// </summary>
    internal static bool Matches(string rowProvider, string provider)
    {
        var row = Family(rowProvider);
        var family = Family(provider);
        return row == family
            || family is "litellm_proxy"
            || (family is "azure" or "azure_ai" && row is "openai" or "azure");
    }

    /// <summary>
    /// Names to look for, best first. One that carries the provider's prefix, or that the operator wrote as <c>base_model</c>,
    /// matches whatever provider the row names.
    /// </summary>
    internal static IEnumerable<(string Name, bool AnyProvider)> Candidates(string provider, string model, string? baseModel)
    {
        var family = Family(provider);
        string?[] written = [baseModel, model];
        for (var i = 0; i < written.Length; i++)
        {
            if (string.IsNullOrEmpty(written[i]))
            {
                continue;
            }

            foreach (var form in Forms(family, Bare(family, written[i] ?? "")))
            {
                yield return (family + "/" + form, AnyProvider: true);
                yield return (form, AnyProvider: i == 0);
            }
        }
    }

    /// <summary>The model's name as written, then without the parts that the book does not list.</summary>
    private static IEnumerable<string> Forms(string family, string model)
    {
        yield return model;
        switch (family)
        {
            case "openai" or "azure" or "azure_ai" or "litellm_proxy":
                var plain = FineTuneBase(model);
                if (plain != model)
                {
                    yield return plain;
                }

                if (WithoutDate(plain) is { } undated)
                {
                    yield return undated;
                }

                break;
            case "anthropic" when WithoutDate(model) is { } name:
                yield return name;
                break;
            case "gemini" or "vertex_ai":
                var at = model.IndexOf('@', StringComparison.Ordinal);
                if (at > 0)
                {
                    yield return model[..at];
                }
                else if (WithoutNumber(model) is { } stable)
                {
                    yield return stable;
                }

                break;
            case "bedrock":
                foreach (var region in BedrockRegions)
                {
                    if (model.StartsWith(region, StringComparison.Ordinal))
                    {
                        yield return model[region.Length..];
                    }
                }

                break;
            default:
                break;
        }
    }

    private static string Bare(string family, string model)
    {
        if (model.StartsWith(family + "/", StringComparison.Ordinal))
        {
            model = model[(family.Length + 1)..];
        }

        var forms = family switch
        {
            "openai" or "azure" => OpenAIForms,
            "bedrock" => BedrockForms,
            _ => [],
        };
        foreach (var form in forms)
        {
            if (model.StartsWith(form, StringComparison.Ordinal))
            {
                return model[form.Length..];
            }
        }

        return model;
    }

    // ft:gpt-4o-2024-08-06:org:name:id is priced as ft:gpt-4o-2024-08-06.
    private static string FineTuneBase(string model)
    {
        var end = model.StartsWith("ft:", StringComparison.Ordinal) ? model.IndexOf(':', 3) : -1;
        return end < 0 ? model : model[..end];
    }

    // gpt-5-2025-08-07 and claude-sonnet-4-20250514: only reached when the dated name has no row of its own.
    private static string? WithoutDate(string model)
    {
        var name = model.AsSpan();
        if (name.Length > 11 && name[^11..] is ['-', '2', '0', _, _, '-', _, _, '-', _, _] && Digits(name[^10..^6]) && Digits(name[^5..^3]) && Digits(name[^2..]))
        {
            return model[..^11];
        }

        return name.Length > 9 && name[^9..] is ['-', '2', '0', ..] && Digits(name[^8..]) ? model[..^9] : null;
    }

    // gemini-2.0-flash-001.
    private static string? WithoutNumber(string model) =>
        model.Length > 4 && model[^4] == '-' && Digits(model.AsSpan()[^3..]) ? model[..^4] : null;

    private static bool Digits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
