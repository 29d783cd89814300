using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>What the binder asks of the world outside the file: this build's providers, the environment and the price book.</summary>
internal sealed record BindingSources
{
    /// <summary>The provider of a LiteLLM prefix; null when this build has none of that name.</summary>
    public required Func<string, IProvider?> FindProvider { get; init; }

    /// <summary>Every prefix that <see cref="FindProvider"/> knows, for "did you mean".</summary>
    public required IReadOnlyCollection<string> ProviderNames { get; init; }

    /// <summary>An environment variable; null when unset.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The provider of a model name without a prefix, as the price book knows it.</summary>
    public Func<string, string?> ProviderOfModel { get; init; } = static _ => null;

    /// <summary>What the price book knows of a provider's model.</summary>
    public Func<string, string, ModelAbilities?> AbilitiesOf { get; init; } = static (_, _) => null;

    /// <summary>The same sources with <paramref name="overlay"/> (<c>environment_variables</c>) over the environment, as LiteLLM sets them.</summary>
    public BindingSources WithVariables(IReadOnlyDictionary<string, string> overlay) =>
        overlay.Count == 0 ? this : this with { Variable = name => overlay.TryGetValue(name, out var value) ? value : Variable(name) };
}

/// <summary>What a model can do; null = not known.</summary>
/// <param name="MaxInputTokens">Context window in tokens.</param>
/// <param name="FunctionCalling">Takes tools.</param>
/// <param name="ResponseSchema">Takes a JSON schema for its answer.</param>
internal sealed record ModelAbilities(long? MaxInputTokens, bool? FunctionCalling, bool? ResponseSchema);
