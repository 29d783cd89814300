using System.Collections.Immutable;
using Weir.Gateway.Config.Check.Lint;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Gateway.Config.Binding;

/// <summary>Turns <c>model_list</c> entries into deployments. An entry that can't work is left out alone, with its reason.</summary>
internal sealed class DeploymentBinder(BindingSources sources, DeploymentDefaults defaults, ConfigProblems problems)
{
    private static readonly ConfigPosition OfEnvironment = new("(environment)", 0, 0);
    private readonly ProviderResolver _resolver = new(sources);
    private readonly DeploymentIdentity _identity = new();
    private readonly ImmutableArray<DeploymentConfig>.Builder _usable = ImmutableArray.CreateBuilder<DeploymentConfig>();
    private readonly ImmutableArray<RejectedDeployment>.Builder _rejected = ImmutableArray.CreateBuilder<RejectedDeployment>();
    private ImmutableHashSet<string> _named = [];

    /// <summary>The deployments that can be used, in file order.</summary>
    public ImmutableArray<DeploymentConfig> Usable => _usable.ToImmutable();

    /// <summary>The entries that were left out.</summary>
    public ImmutableArray<RejectedDeployment> Rejected => _rejected.ToImmutable();

    /// <summary>Binds every entry.</summary>
    public void BindAll(ConfigList models)
    {
        _named = [.. models.Items.OfType<ConfigMap>().Select(static item => item.FindScalar("model_name")?.Text).OfType<string>()];
        for (var i = 0; i < models.Items.Length; i++)
        {
            Bind(models.Items[i], i);
        }
    }

    /// <summary>Binds the entries of <c>files_settings</c>: a provider and how to sign in there, and no model.</summary>
    public void BindFileAccounts(ConfigList accounts)
    {
        for (var i = 0; i < accounts.Items.Length; i++)
        {
            var path = $"files_settings[{i}]";
            if (accounts.Items[i] is not ConfigMap map || EnvironmentReferences.FindMissing(map) is not null)
            {
                // A missing variable is reported where variables are replaced.
                continue;
            }

            var parameters = Parameters(new SectionReader(map, path, problems, ProblemSeverity.Warning), path);
            var name = parameters.Text("custom_llm_provider");
            var place = new Place("files_settings", $"{name}/*", map, path);
            if (sources.FindProvider(name ?? "") is not IKeepingProvider provider || !provider.Kept.Contains(KeptKind.File))
            {
                LeaveOut(place, BindingCodes.DeploymentLeftOut, name is null ? "It has no custom_llm_provider." : $"The provider '{name}' keeps no files in this build.");
                continue;
            }

            Add(place, provider, "*", parameters, null);
        }
    }

    /// <summary>
    /// Accounts at the vendors whose APIs are passed through, as the environment names them. An account that nothing names is left out unsaid;
    /// the machine's own identity at a cloud is none, for nobody has said that callers may use it.
    /// </summary>
    public void BindAccountsOfEnvironment(ConfigMap? vertex)
    {
        foreach (var name in PassThroughVendors.All.Select(static vendor => vendor.Provider).Distinct(StringComparer.Ordinal))
        {
            if (sources.FindProvider(name) is not { } provider
                || (name == "bedrock" && AddressReader.FirstSet([.. provider.KeyVariables, "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN"], sources.Variable) is null))
            {
                continue;
            }

            var map = name == "vertex_ai" ? VertexAccount(vertex) : ConfigMap.Empty(OfEnvironment);
            Add(new Place(name, $"{name}/*", map, OfEnvironment.File, IsAccount: true), provider, "*", new SectionReader(map, OfEnvironment.File, problems, ProblemSeverity.Warning), null);
        }
    }

    private ConfigMap VertexAccount(ConfigMap? written)
    {
        if (written is not null)
        {
            return written;
        }

        var entries = new (string Key, string Variable)[]
        {
            ("vertex_project", "DEFAULT_VERTEXAI_PROJECT"), ("vertex_location", "DEFAULT_VERTEXAI_LOCATION"), ("vertex_credentials", "DEFAULT_GOOGLE_APPLICATION_CREDENTIALS"),
        }.Where(pair => sources.Variable(pair.Variable) is { Length: > 0 });
        return new ConfigMap(OfEnvironment, [.. entries.Select(pair => new ConfigEntry(
            new ConfigScalar(OfEnvironment, pair.Key, ScalarStyle.Quoted), new ConfigScalar(OfEnvironment, sources.Variable(pair.Variable) ?? "", ScalarStyle.Quoted)))], []);
    }

    private void Bind(ConfigNode node, int index)
    {
        var path = $"model_list[{index}]";
        if (node is not ConfigMap map)
        {
            if (!node.IsNull)
            {
                LeaveOut(new Place("", "", node, path), BindingCodes.WrongType, "It is not a map with model_name and litellm_params.");
            }

            return;
        }

        var entry = new SectionReader(map, path, problems, ProblemSeverity.Warning);
        if (EnvironmentReferences.FindMissing(map) is { } missing)
        {
            // Said already, with its place, where the variables were replaced.
            _rejected.Add(new RejectedDeployment(
                map.FindScalar("model_name")?.Text ?? "", map.FindMap("litellm_params")?.FindScalar("model")?.Text ?? "", missing.Position.ToString(),
                $"The environment variable {missing.MissingVariable} is not set."));
            return;
        }

        var group = entry.Text("model_name");
        var own = entry.Section("litellm_params");
        var model = own?.Text("model");
        var place = new Place(group ?? "", model ?? "", own?.Map.Find("model") ?? map, path);
        if (group is null || model is null)
        {
            var absent = group is null ? "model_name" : own is null ? "litellm_params" : "litellm_params.model";
            LeaveOut(place with { Node = own?.Map ?? map }, BindingCodes.DeploymentLeftOut, $"It has no {absent}.");
            return;
        }

        var parameters = Parameters(WithRates(own ?? entry, entry), path);
        if (parameters.Map.FindEntry("silent_model") is { } silent)
        {
            problems.Error(
                BindingCodes.SilentModel, silent.Key.Position, parameters.PathOf("silent_model"),
                "silent_model mirrors the traffic of this group to another model; Weir does not mirror traffic. Take the line out.");
            _rejected.Add(new RejectedDeployment(group, model, place.Node.Position.ToString(), "It asks for mirrored traffic (silent_model), which Weir does not do."));
            return;
        }

        var info = entry.Section("model_info");
        if (model == "*")
        {
            BindEveryProvider(place, parameters, info);
            return;
        }

        var written = AddressReader.Read(parameters, null, sources.Variable, out _);
        var choice = _resolver.Resolve(model.Trim(), parameters.Text("custom_llm_provider"), written, defaults.CustomHandlers);
        if (choice.Provider is not { } provider)
        {
            LeaveOut(place, choice.Code, choice.Reason, choice.Suggestion);
            return;
        }

        Add(place, provider, choice.Model, parameters, info);
    }

    /// <summary>
    /// <c>model: "*"</c> takes whatever provider the request names. Each provider that has a key and an address gets its own pattern,
    /// unless an entry names that pattern; a name without a prefix goes to OpenAI, as the price book would send it.
    /// </summary>
    private void BindEveryProvider(Place place, SectionReader parameters, SectionReader? info)
    {
        var before = _usable.Count;
        var openAI = sources.FindProvider("openai");
        if (parameters.Has("api_base") || parameters.Has("base_url") || parameters.Has("api_key"))
        {
            if (openAI is not null)
            {
                Add(place, openAI, "*", parameters, info);
            }

            return;
        }

        foreach (var name in sources.ProviderNames)
        {
            if (sources.FindProvider(name) is not IChatProvider provider
                || AddressReader.FirstSet(provider.KeyVariables, sources.Variable) is null
                || provider.BaseAddress(new ProviderAddress(AddressReader.Read(parameters, provider, sources.Variable, out _), null, "*")) is null)
            {
                continue;
            }

            if (place.Group == "*" && !_named.Contains($"{name}/*"))
            {
                Add(place with { Group = $"{name}/*" }, provider, "*", parameters, info);
            }

            if (name == "openai")
            {
                Add(place, provider, "*", parameters, info);
            }
        }

        if (_usable.Count == before)
        {
            LeaveOut(place, BindingCodes.NoCredential, "The model '*' takes every provider that has a key in the environment, and none has: set OPENAI_API_KEY or another provider's key.");
        }
    }

    private void Add(Place place, IProvider provider, string upstreamModel, SectionReader parameters, SectionReader? info)
    {
        var address = AddressReader.Read(parameters, provider, sources.Variable, out var why);
        if (why is not null)
        {
            LeaveOut(place, BindingCodes.BadAddress, why);
            return;
        }

        var version = parameters.Text("api_version") ?? AddressReader.FirstSet(provider.VersionVariables, sources.Variable)?.Value;
        if (provider.Name == "azure")
        {
            AzureMistakes.Report(parameters, address, version);
        }

        var location = Location(place.Model, provider, parameters);
        GoogleIdentity? google = null;
        if (provider.ProjectVariables.Count > 0 && !parameters.Has("api_key"))
        {
            google = GoogleReader.Read(parameters, sources.Variable, out var missing);
            if (google is null)
            {
                LeaveOut(place, BindingCodes.NoCredential, missing ?? "It has no identity at Google.");
                return;
            }
        }

        var project = parameters.Text("vertex_project") ?? AddressReader.FirstSet(provider.ProjectVariables, sources.Variable)?.Value ?? google?.ProjectId;
        var where = new ProviderAddress(address, version, upstreamModel) { Location = location, Project = project };
        if (provider.BaseAddress(where) is not { } target)
        {
            if (provider.LocationVariables.Count > 0)
            {
                LeaveOut(place, BindingCodes.NoAddress, provider.ProjectVariables.Count > 0
                    ? $"It names no project: set vertex_project, or {provider.ProjectVariables[0]} in the environment."
                    : $"It names no region: set aws_region_name, or {string.Join(" or ", provider.LocationVariables)} in the environment.");
                return;
            }
            var variables = provider.BaseVariables.Count == 0 ? "" : $", or {string.Join(" or ", provider.BaseVariables)} in the environment";
            LeaveOut(place, BindingCodes.NoAddress, $"The provider '{provider.Name}' has no address of its own: set api_base{variables}.");
            return;
        }

        var (clientside, patterns) = ClientsideReader.Read(parameters);
        var signIn = CredentialReader.Read(parameters, provider, IsOwnAddress(provider, where, target), defaults.AzureTokenRefresh, sources.Variable);
        if (signIn.Refusal is not null && !clientside.Contains("api_key", StringComparer.Ordinal) && !parameters.Has("mock_response"))
        {
            LeaveOut(place, BindingCodes.NoCredential, signIn.Refusal);
            return;
        }

        AwsSettings? aws = null;
        if (provider.Name == "bedrock" && signIn.Key is null)
        {
            aws = AwsReader.Read(parameters, location ?? "us-east-1", sources.Variable, out var problem);
            if (problem is not null)
            {
                LeaveOut(place, BindingCodes.NoCredential, problem);
                return;
            }
        }

        var tls = TlsSetting.Read(parameters);
        var deployment = new DeploymentConfig
        {
            Id = "",
            ModelGroup = place.Group,
            Provider = provider.Name,
            UpstreamModel = upstreamModel,
            LiteLlmModel = place.Model,
            Origin = place.Node.Position.ToString(),
            ApiBase = address,
            ApiVersion = version,
            ApiKey = signIn.Key,
            Entra = signIn.Entra,
            Aws = aws,
            Google = google,
            Location = location,
            Project = project,
            Organization = parameters.Text("organization"),
            Headers = Headers(parameters),
            DefaultParams = DefaultParameters.Read(parameters),
            Weight = parameters.Double("weight"),
            Rpm = parameters.Long("rpm"),
            Tpm = parameters.Long("tpm"),
            Order = parameters.Int("order", int.MinValue),
            MaxParallelRequests = parameters.Int("max_parallel_requests"),
            Timeouts = Timeouts(parameters),
            Retries = parameters.Int("num_retries") ?? parameters.Int("max_retries"),
            Cooldown = parameters.Seconds("cooldown_time"),
            Tags = parameters.Texts("tags"),
            DropParams = DropParams(parameters),
            AdditionalDropParams = parameters.Texts("additional_drop_params"),
            ClientsideAuthParams = clientside,
            ClientsideAuthPatterns = patterns,
            MockResponse = parameters.Text("mock_response"),
            VerifyTls = tls.Verify ?? true,
            CaFile = tls.CaFile,
            Prices = ModelInfoReader.Prices(info, parameters),
            Info = ModelInfoReader.Read(info, parameters),
        };
        if (parameters.FirstWrong is { } wrong)
        {
            // The problem itself, with what was found, is already reported at its own place.
            _rejected.Add(new RejectedDeployment(place.Group, place.Model, place.Node.Position.ToString(), $"Its setting '{wrong}' does not fit."));
            return;
        }

        if (!place.IsAccount && !CheckMode(place, provider, deployment.Info.Mode, upstreamModel, info))
        {
            return;
        }
        _usable.Add(deployment with { Id = NextId(place, parameters.Map, info) });
    }

    /// <summary>
    /// Whether the provider can do what the deployment is there for: what it says, else what its name says, else chat. False when it is left out: its
    /// vendor has no calls here but for rankings and the like, and this is none.
    /// </summary>
    private bool CheckMode(Place place, IProvider provider, string? mode, string model, SectionReader? info)
    {
        var operation = mode is not null ? ProviderOperations.OfMode(mode)
            : model.Contains("rerank", StringComparison.OrdinalIgnoreCase) ? Operation.Rerank
            : model.Contains("embed", StringComparison.OrdinalIgnoreCase) ? Operation.Embedding : Operation.Chat;
        // Vendors of embeddings and rankings alone have nothing that could be meant instead.
        var unsaid = mode is null && provider is (ICompletionProvider or IChatProvider or IEmbeddingProvider);
        if (operation is not { } asked || unsaid || ProviderOperations.Serves(provider, asked))
        {
            return true;
        }
        if (provider is not (ICompletionProvider or IChatProvider))
        {
            LeaveOut(place, BindingCodes.ProviderNotServed, $"The provider '{provider.Name}' is not served by this build for {asked}; {(mode is null ? "model_info.mode may say what else it is." : "its rerankers are.")}");
            return false;
        }
        problems.Warning(
            BindingCodes.ModeNotServed, (info?.Map.Find("mode") ?? place.Node).Position, $"{place.Path}.model_info.mode",
            $"'{place.Model}' is meant for {asked} and its provider '{provider.Name}' has no such calls in this build: they will be refused.");
        return true;
    }

    /// <summary>Region or location: the file's, the one in the model's name, the environment's.</summary>
    private string? Location(string model, IProvider provider, SectionReader parameters) => provider.LocationVariables.Count == 0 ? null
        : parameters.Text("aws_region_name") ?? parameters.Text("vertex_location")
            ?? provider.LocationIn(model.StartsWith(provider.Name + "/", StringComparison.Ordinal) ? model[(provider.Name.Length + 1)..] : model)
            ?? AddressReader.FirstSet(provider.LocationVariables, sources.Variable)?.Value
            ?? provider.DefaultLocation;

    private string NextId(Place place, ConfigMap parameters, SectionReader? info)
    {
        var written = info?.Text("id");
        var id = _identity.Next(written, place.Group, parameters, out var repeated);
        if (repeated && written is not null)
        {
            problems.Warning(
                BindingCodes.DeploymentLeftOut, place.Node.Position, $"{place.Path}.model_info.id",
                $"The id '{written}' is taken by an entry above; this one runs as '{id}'.");
        }

        return id;
    }

    private SectionReader Parameters(SectionReader own, string path)
    {
        ConfigMap? credential = null;
        if (own.Text("litellm_credential_name") is { } name && !defaults.Credentials.TryGetValue(name, out credential))
        {
            problems.Warning(
                BindingCodes.UnknownCredential, own.Map.Find("litellm_credential_name")?.Position ?? own.Map.Position,
                own.PathOf("litellm_credential_name"), $"credential_list has no credential '{name}'.",
                suggestion: NearestName.Find(name, defaults.Credentials.Keys) is { } near ? $"'{near}'" : null);
        }

        return new SectionReader(defaults.Merge(own.Map, credential), $"{path}.litellm_params", problems, ProblemSeverity.Warning);
    }

    /// <summary>
    /// LiteLLM takes rpm and tpm of the entry itself for those of its <c>litellm_params</c>, and its rate-weighing strategies look into
    /// <c>model_info</c> after that.
    /// </summary>
    private SectionReader WithRates(SectionReader own, SectionReader entry)
    {
        var info = entry.Map.FindMap("model_info");
        List<ConfigEntry> added = [];
        foreach (var name in new[] { "rpm", "tpm" })
        {
            if (own.Has(name))
            {
                continue;
            }

            if (!ReferenceEquals(own, entry) && entry.Has(name) && entry.Map.FindEntry(name) is { } beside)
            {
                added.Add(beside);
            }
            else if (info?.FindEntry(name) is { Value.IsNull: false } inside)
            {
                if (defaults.RatesOfModelInfo)
                {
                    added.Add(inside);
                }
                else
                {
                    problems.Warning(
                        BindingCodes.ParameterIgnored, inside.Key.Position, $"{entry.Path}.model_info.{name}",
                        $"'{name}' under model_info counts for the usage-based strategies only; with this one it is a note.", suggestion: $"litellm_params.{name}");
                }
            }
        }

        return added.Count == 0
            ? own
            : new SectionReader(new ConfigMap(own.Map.Position, [.. own.Map.Entries.Where(static entry => !entry.Value.IsNull), .. added], own.Map.Duplicates), own.Path, problems, ProblemSeverity.Warning);
    }

    private static bool IsOwnAddress(IProvider provider, ProviderAddress where, Uri target) =>
        provider.BaseAddress(where with { ApiBase = null }) is not { } home
        || !string.Equals(home.Host, target.Host, StringComparison.OrdinalIgnoreCase);

    private static TimeoutConfig Timeouts(SectionReader parameters) => new()
    {
        Total = parameters.Limit("timeout"),
        Stream = parameters.Limit("stream_timeout"),
        FirstToken = parameters.Limit("ttft_timeout"),
        StreamIdle = parameters.Limit("stream_idle_timeout"),
    };

    /// <summary>A list under <c>drop_params</c> means <c>additional_drop_params</c>; LiteLLM takes any list for true.</summary>
    private static bool? DropParams(SectionReader parameters)
    {
        if (parameters.Map.Find("drop_params") is not ConfigList list)
        {
            return parameters.Bool("drop_params");
        }

        parameters.Warn(
            BindingCodes.WrongType, list, "drop_params", "drop_params is true or false; a list of names belongs under additional_drop_params and is not applied here.",
            list.Describe(), "true or false", "additional_drop_params");
        return list.Items.Length > 0;
    }

    private static ImmutableDictionary<string, Secret> Headers(SectionReader parameters)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in new[] { "headers", "extra_headers" })
        {
            if (parameters.Section(name) is not { } section)
            {
                continue;
            }

            foreach (var entry in section.Map.Entries)
            {
                if (section.Text(entry.Name) is { } value)
                {
                    headers[entry.Name] = new Secret(value);
                }
            }
        }

        return headers.ToImmutable();
    }

    private void LeaveOut(Place place, string code, string reason, string? suggestion = null)
    {
        var name = place.Group.Length > 0 ? $"'{place.Group}'" : place.Path;
        problems.Warning(code, place.Node.Position, place.Path, $"The deployment {name} is left out. {reason}", suggestion: suggestion);
        _rejected.Add(new RejectedDeployment(place.Group, place.Model, place.Node.Position.ToString(), reason));
    }

    private sealed record Place(string Group, string Model, ConfigNode Node, string Path, bool IsAccount = false);
}
