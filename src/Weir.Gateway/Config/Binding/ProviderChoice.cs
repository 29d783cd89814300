using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>Which provider serves a deployment, or why none does.</summary>
internal sealed record ProviderChoice
{
    private ProviderChoice()
    {
    }

    /// <summary>The provider; null when the deployment is left out.</summary>
    public IProvider? Provider { get; private init; }

    /// <summary>The upstream's name of the model.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The kind of problem; empty when there is none.</summary>
    public string Code { get; private init; } = "";

    /// <summary>Why the deployment is left out, and what to do.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>The likely meaning.</summary>
    public string? Suggestion { get; private init; }

    /// <summary>A provider of this build.</summary>
    public static ProviderChoice Of(IProvider provider, string model) =>
        new() { Provider = provider, Model = provider.UpstreamModel(model) };

    /// <summary>No provider.</summary>
    public static ProviderChoice None(string code, string reason, string? suggestion = null) =>
        new() { Code = code, Reason = reason, Suggestion = suggestion };
}
