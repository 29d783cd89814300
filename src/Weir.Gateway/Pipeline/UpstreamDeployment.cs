using System.Collections.Concurrent;
using System.Text.Json;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>Everything about one upstream model that does not change between requests.</summary>
/// <param name="Model">The upstream's name of the model.</param>
/// <param name="Patch">What becomes of a body.</param>
/// <param name="Price">Null when no price is known.</param>
/// <param name="Chat">Address by operation; null when the provider has no such operation.</param>
/// <param name="Completion">See <paramref name="Chat"/>.</param>
/// <param name="Embedding">See <paramref name="Chat"/>.</param>
internal sealed record UpstreamModel(string Model, RequestPatch Patch, ModelPrice? Price, Uri? Chat, Uri? Completion, Uri? Embedding)
{
    /// <summary>The address of <paramref name="operation"/>, or null.</summary>
    internal Uri? AddressOf(Operation operation) => operation switch
    {
        Operation.Chat => Chat,
        Operation.Completion => Completion,
        Operation.Embedding => Embedding,
        _ => null,
    };
}

/// <summary>A deployment of the snapshot with its compiled upstream target: address, credential, prices, patches.</summary>
internal sealed class UpstreamDeployment : Deployment
{
    // Wildcards are filled in by callers: what they can make us keep is bounded.
    private const int MostWildModels = 1024;

    private readonly ConcurrentDictionary<string, UpstreamModel> _wild = new(StringComparer.Ordinal);
    private readonly PriceBook _prices;
    private readonly UpstreamModel? _fixed;

    internal UpstreamDeployment(DeploymentConfig config, DeploymentState state, IProvider provider, UpstreamHttp http, ICredential credential, PriceBook prices, DeploymentSeries series)
        : this(config, state, provider, http, credential, prices, series, prices.Resolve(config.Provider, config.UpstreamModel, config.Info.BaseModel, config.Prices))
    {
    }

    private UpstreamDeployment(
        DeploymentConfig config, DeploymentState state, IProvider provider, UpstreamHttp http, ICredential credential, PriceBook prices,
        DeploymentSeries series, ModelPrice? price)
        : base(config, state, price?.InputPerToken, price?.OutputPerToken, price?.Facts.MaxInputTokens)
    {
        Provider = provider;
        Http = http;
        Credential = credential;
        Series = series;
        _prices = prices;
        Headers = [.. HeadersOf(config)];
        ApiBase = (provider.BaseAddress(AddressOf(config.UpstreamModel)) ?? config.ApiBase)?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? "";
        DropParams = config.DropParams;
        FaultContext = new FaultContext(config.Provider, TimeProvider.System, SecretsOf(config));
        if (!config.UpstreamModel.Contains('*', StringComparison.Ordinal))
        {
            _fixed = Compile(provider.UpstreamModel(config.UpstreamModel), price);
        }
    }

    /// <summary>The compiled model; null for a wildcard.</summary>
    internal UpstreamModel? FixedModel => _fixed;

    /// <summary>What the price book knows of its vendor, by the vendor's own names.</summary>
    internal IReadOnlyList<string> KnownModels => _prices.ModelsOf(Provider.Name);

    /// <summary>Its provider.</summary>
    internal IProvider Provider { get; }

    /// <summary>How calls leave.</summary>
    internal UpstreamHttp Http { get; }

    /// <summary>Its labels in metrics.</summary>
    internal DeploymentSeries Series { get; }

    /// <summary>Signs calls.</summary>
    internal ICredential Credential { get; }

    /// <summary>The host that the configuration names for it, which may so be in a private network; null for a public default.</summary>
    internal Uri? NamedHost => Config.ApiBase ?? Provider.BaseAddress(AddressOf(Config.UpstreamModel));

    /// <summary>Fixed headers.</summary>
    internal KeyValuePair<string, string>[] Headers { get; }

    /// <summary>Base address as told to callers; no query, no credentials.</summary>
    internal string ApiBase { get; }

    /// <summary>Own <c>drop_params</c>; null = the general setting.</summary>
    internal bool? DropParams { get; }

    /// <summary>What faults are read against.</summary>
    internal FaultContext FaultContext { get; }

    /// <summary>The compiled model for a request.</summary>
    internal UpstreamModel ModelFor(in RouteMatch match)
    {
        if (_fixed is not null)
        {
            return _fixed;
        }
        return ModelNamed(match.UpstreamModelFor(this));
    }

    /// <summary>The compiled model called <paramref name="model"/>, which need not be the configured one.</summary>
    internal UpstreamModel ModelNamed(string model)
    {
        var name = Provider.UpstreamModel(model);
        if (_fixed is not null && _fixed.Model == name)
        {
            return _fixed;
        }
        if (_wild.TryGetValue(name, out var known))
        {
            return known;
        }
        var made = Compile(name, _prices.Resolve(Config.Provider, name, Config.Info.BaseModel, Config.Prices));
        if (_wild.Count < MostWildModels)
        {
            _wild.TryAdd(name, made);
        }
        return made;
    }

    private UpstreamModel Compile(string model, ModelPrice? price)
    {
        var address = AddressOf(model);
        var known = Provider.BaseAddress(address) is not null;
        var patch = new RequestPatch
        {
            // The name always travels as the upstream's, also where the path names it: one body, one meaning.
            Model = JsonString(model),
            Defaults = Config.DefaultParams,
            Drop = Config.AdditionalDropParams,
        };
        return new UpstreamModel(model, patch, price,
            known ? (Provider as IChatProvider)?.ChatUri(address) : null,
            known ? (Provider as ICompletionProvider)?.CompletionUri(address) : null,
            known ? (Provider as IEmbeddingProvider)?.EmbeddingUri(address) : null);
    }

    private ProviderAddress AddressOf(string model) => new(Config.ApiBase, Config.ApiVersion, model);

    private static byte[] JsonString(string text)
    {
        var encoded = JsonEncodedText.Encode(text);
        return [(byte)'"', .. encoded.EncodedUtf8Bytes, (byte)'"'];
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(DeploymentConfig config)
    {
        foreach (var (name, value) in config.Headers)
        {
            yield return new KeyValuePair<string, string>(name, value.Reveal());
        }
        if (config.Organization is { } organization)
        {
            yield return new KeyValuePair<string, string>("OpenAI-Organization", organization);
        }
    }

    private static List<Secret> SecretsOf(DeploymentConfig config)
    {
        var secrets = new List<Secret>(config.Headers.Values);
        if (config.ApiKey is { } key)
        {
            secrets.Add(key);
        }
        if (config.Entra?.ClientSecret is { } secret)
        {
            secrets.Add(secret);
        }
        if (config.Entra?.StaticToken is { } token)
        {
            secrets.Add(token);
        }
        return secrets;
    }
}
