using System.Collections.Concurrent;
using System.Collections.Frozen;
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
/// <param name="Chats">Where chats go, by wire format, the preferred one first; empty when the provider has none.</param>
/// <param name="Others">Where the other operations go that the provider has.</param>
internal sealed record UpstreamModel(string Model, RequestPatch Patch, ModelPrice? Price, UpstreamTarget[] Chats, FrozenDictionary<Operation, UpstreamTarget> Others)
{
    /// <summary>No model: for calls that name none.</summary>
    internal static readonly UpstreamModel None = new("", new RequestPatch(), null, [], FrozenDictionary<Operation, UpstreamTarget>.Empty);

    /// <summary>Where prompts are counted, by wire format; empty when the provider counts none.</summary>
    internal UpstreamTarget[] Counts { get; init; } = [];

    /// <summary>What becomes of a body whose path names the model.</summary>
    internal RequestPatch PatchWithoutModel { get; } = Patch with { Model = default };

    /// <summary>What becomes of a body that is in <paramref name="format"/> already.</summary>
    internal RequestPatch PatchFor(IProvider provider, WireFormat format) => PatchFor(Patch, provider, format);

    /// <summary><paramref name="patch"/> with what the vendor's variant of <paramref name="format"/> wants.</summary>
    internal static RequestPatch PatchFor(RequestPatch patch, IProvider provider, WireFormat format)
    {
        return With(patch, VariantOf(provider, format));
    }

    /// <summary><paramref name="patch"/> with what <paramref name="variant"/> wants; null = nothing.</summary>
    internal static RequestPatch With(RequestPatch patch, RequestPatch? variant)
    {
        if (variant is null)
        {
            return patch;
        }
        var members = new Dictionary<string, ReadOnlyMemory<byte>>(patch.Defaults);
        foreach (var (name, value) in variant.Defaults)
        {
            members[name] = value;
        }
        return patch with { OmitModel = variant.OmitModel, Defaults = members, OmitStream = variant.OmitStream };
    }

    /// <summary>What the vendor's variant of <paramref name="format"/> wants; null = nothing.</summary>
    internal static RequestPatch? VariantOf(IProvider provider, WireFormat format) => PatchOf((provider as IChatProvider)?.VariantOf(format));

    /// <summary>A variant as a patch.</summary>
    internal static RequestPatch? PatchOf(BodyVariant? variant) => variant is null ? null : new RequestPatch { OmitModel = variant.OmitModel, Defaults = variant.Members, OmitStream = variant.OmitStream };

    /// <summary>Where a call of <paramref name="surface"/> goes: to the caller's own format where the upstream speaks it. Null when it has no such operation.</summary>
    internal UpstreamTarget? TargetOf(Surface surface)
    {
        if (surface.Operation == Operation.CountTokens)
        {
            return Array.Find(Counts, target => target.Format == surface.Format) ?? (Counts.Length > 0 ? Counts[0] : null);
        }
        if (surface.Operation != Operation.Chat)
        {
            return Others.GetValueOrDefault(surface.Operation);
        }
        foreach (var target in Chats)
        {
            if (target.Format == surface.Format)
            {
                return target;
            }
        }
        return Chats.Length > 0 ? Chats[0] : null;
    }
}

/// <summary>An address and what is spoken there.</summary>
/// <param name="Format">The wire format.</param>
/// <param name="Whole">For unstreamed calls.</param>
/// <param name="Streamed">For streamed ones.</param>
/// <param name="Headers">What every call there carries, the deployment's own headers included.</param>
/// <param name="Patch">What becomes of a body that is in this format already.</param>
/// <param name="Variant">What a body needs that was written anew in this format; null = nothing.</param>
internal sealed record UpstreamTarget(
    WireFormat Format, Uri Whole, Uri Streamed, KeyValuePair<string, string>[] Headers, RequestPatch Patch, RequestPatch? Variant)
{
    /// <summary>Names of the headers that the configuration sets: a caller's do not replace them.</summary>
    internal IReadOnlySet<string> OwnHeaders { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>Whether betas of Anthropic's are named in the body.</summary>
    internal bool BetaInBody { get; init; }

    /// <summary>See <see cref="ITokenCountProvider.CountsInside"/>; of a count's target alone.</summary>
    internal bool CountsInside { get; init; }

    /// <summary>Nobody: mock answers are made here, in OpenAI's form.</summary>
    internal static readonly UpstreamTarget Mock = new(WireFormat.OpenAIChat, new Uri("mock:"), new Uri("mock:"), [], new RequestPatch(), null);
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
            var prefix = config.Provider + "/";
            var written = config.LiteLlmModel.StartsWith(prefix, StringComparison.Ordinal) ? config.LiteLlmModel[prefix.Length..] : config.LiteLlmModel;
            _fixed = Compile(provider.UpstreamModel(config.UpstreamModel), written, price);
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

    /// <summary>The address of its account; null when it has none.</summary>
    internal Uri? BaseAddress => Provider.BaseAddress(AddressOf(Config.UpstreamModel));

    /// <summary>The account's address at another location of the vendor's; null = its own.</summary>
    internal Uri? AccountAt(string? location) => location is null ? BaseAddress : Provider.BaseAddress(AddressOf(Config.UpstreamModel) with { Location = location });

    /// <summary>Fixed headers.</summary>
    internal KeyValuePair<string, string>[] Headers { get; }

    /// <summary>Base address as told to callers; no query, no credentials.</summary>
    internal string ApiBase { get; }

    /// <summary>Own <c>drop_params</c>; null = the general setting.</summary>
    internal bool? DropParams { get; }

    /// <summary>What faults are read against.</summary>
    internal FaultContext FaultContext { get; }

    /// <summary>Whether both stand for the same account at the same place: what one keeps the other knows.</summary>
    internal bool SharesAccountWith(UpstreamDeployment other) =>
        Provider.Name == other.Provider.Name && NamedHost?.Authority == other.NamedHost?.Authority && Equals(Config.ApiKey, other.Config.ApiKey)
        && Equals(Config.Entra, other.Config.Entra) && Config.Organization == other.Config.Organization;

    /// <summary>Absolute address of a path of its account; null when nothing of <paramref name="kind"/> is kept there.</summary>
    internal Uri? KeptUri(KeptKind kind, string path) =>
        Provider is IKeepingProvider keeper && keeper.Kept.Contains(kind) && Provider.BaseAddress(AddressOf(Config.UpstreamModel)) is not null
            ? keeper.KeptUri(AddressOf(Config.UpstreamModel), path) : null;

    /// <summary>The compiled model for a request.</summary>
    internal UpstreamModel ModelFor(in RouteMatch match)
    {
        if (_fixed is not null)
        {
            return _fixed;
        }
        return ModelNamed(match.UpstreamModelFor(this));
    }

    /// <summary>
    /// The price of images of one size and quality. LiteLLM's book has rows of their own for them (<c>hd/1024-x-1024/dall-e-3</c>); the
    /// deployment's own prices win.
    /// </summary>
    internal ModelPrice? ImagePriceOf(UpstreamModel model, string? size, string? quality)
    {
        if (!Config.Prices.IsEmpty || size is null || !size.Contains('x', StringComparison.Ordinal))
        {
            return model.Price;
        }
        var name = $"{size.Replace("x", "-x-", StringComparison.Ordinal)}/{Config.Info.BaseModel ?? model.Model}";
        return (quality is null ? null : _prices.Find(Config.Provider, $"{quality}/{name}", null)) ?? _prices.Find(Config.Provider, name, null) ?? model.Price;
    }

    /// <summary>What the book says of another model of the same vendor; null when it does not know it.</summary>
    internal ModelPrice? PriceOf(string model) => _prices.Find(Config.Provider, model, null);

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
        var made = Compile(name, model, _prices.Resolve(Config.Provider, name, Config.Info.BaseModel, Config.Prices));
        if (_wild.Count < MostWildModels)
        {
            _wild.TryAdd(name, made);
        }
        return made;
    }

    /// <summary>A model that a passed-through call names. The prices of this deployment are those of its own models alone.</summary>
    internal UpstreamModel PassedModel(string model) =>
        model.Length == 0 ? UpstreamModel.None
        : _fixed is null || _fixed.Model == Provider.UpstreamModel(model) ? ModelNamed(model)
        : UpstreamModel.None with { Model = model, Price = _prices.Find(Config.Provider, Provider.UpstreamModel(model), null) };

    /// <summary>Compiles the upstream's <paramref name="model"/>, which the config or the caller calls <paramref name="configured"/>.</summary>
    private UpstreamModel Compile(string model, string configured, ModelPrice? price)
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
            known && Provider is IChatProvider chat ? [.. chat.ChatFormats(configured).Select(format => TargetOf(chat, address, format, patch))] : [],
            known ? OthersOf(address, patch) : FrozenDictionary<Operation, UpstreamTarget>.Empty)
        {
            Counts = known && Provider is ITokenCountProvider counter ? [.. counter.ChatFormats(configured).Where(counter.Counts).Select(format => CountTargetOf(counter, address, format, patch))] : [],
        };
    }

    private UpstreamTarget CountTargetOf(ITokenCountProvider provider, ProviderAddress address, WireFormat format, RequestPatch patch)
    {
        var uri = provider.CountUri(address, format);
        var variant = UpstreamModel.PatchOf(provider.CountVariantOf(format));
        return TargetOf(provider, address, format, patch) with
        {
            Whole = uri, Streamed = uri, Patch = UpstreamModel.With(patch, variant), Variant = variant, CountsInside = provider.CountsInside,
        };
    }

    private UpstreamTarget TargetOf(IChatProvider provider, ProviderAddress address, WireFormat format, RequestPatch patch) => new(
        format, provider.ChatUri(address, format, stream: false), provider.ChatUri(address, format, stream: true),
        WithOwn(provider.FormatHeaders(format)), UpstreamModel.PatchFor(patch, provider, format), UpstreamModel.VariantOf(provider, format))
    {
        BetaInBody = provider.VariantOf(format) is { BetaInBody: true },
        OwnHeaders = Headers.Select(static header => header.Key).ToHashSet(StringComparer.OrdinalIgnoreCase),
    };

    private FrozenDictionary<Operation, UpstreamTarget> OthersOf(ProviderAddress address, RequestPatch patch)
    {
        var targets = new Dictionary<Operation, UpstreamTarget>();
        foreach (var operation in ProviderOperations.Plain)
        {
            if (ProviderOperations.UriOf(Provider, operation, address) is { } uri)
            {
                targets[operation] = new UpstreamTarget(WireFormat.OpenAIChat, uri, uri, Headers, patch, null);
            }
        }
        return targets.ToFrozenDictionary();
    }

    /// <summary>The deployment's headers win over the format's.</summary>
    private KeyValuePair<string, string>[] WithOwn(IReadOnlyList<KeyValuePair<string, string>> format) => format.Count == 0 ? Headers :
        [.. format.Where(header => !Headers.Any(own => own.Key.Equals(header.Key, StringComparison.OrdinalIgnoreCase))), .. Headers];

    private ProviderAddress AddressOf(string model) => new(Config.ApiBase, Config.ApiVersion, model) { Location = Config.Location, Project = Config.Project };

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
        if (config.Google is { } google)
        {
            secrets.AddRange(new[] { google.PrivateKey, google.ClientSecret, google.RefreshToken, google.SubjectHeaders }.OfType<Secret>());
        }
        if (config.Aws is { } aws)
        {
            secrets.AddRange(new[] { aws.SecretAccessKey, aws.SessionToken }.OfType<Secret>());
        }
        if (config.Entra?.ClientSecret is { } secret)
        {
            secrets.Add(secret);
        }
        if (config.Entra?.Assertion is { } assertion)
        {
            secrets.Add(assertion);
        }
        if (config.Entra?.StaticToken is { } token)
        {
            secrets.Add(token);
        }
        return secrets;
    }
}
