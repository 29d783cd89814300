using System.Collections.Immutable;
using System.Text;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads <c>general_settings.pass_through_endpoints</c>. An endpoint that can't be opened stops the start: half of one is none.</summary>
internal sealed class PassThroughReader(SectionReader general, BindingSources sources)
{
    private const string List = "pass_through_endpoints";
    private const decimal DearestRequest = 1_000_000;
    private const string Reference = "os.environ/";
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

    /// <summary>The endpoints of the file, then those that the environment alone names.</summary>
    public ImmutableArray<PassThroughEndpoint> Read()
    {
        var endpoints = ImmutableArray.CreateBuilder<PassThroughEndpoint>();
        var items = (general.Map.Find(List) as ConfigList)?.Items ?? [];
        for (var i = 0; i < items.Length; i++)
        {
            // What is no map is reported by the linter; a variable that is not set, where it is replaced.
            if (items[i] is not ConfigMap map || EnvironmentReferences.FindMissing(map) is not null || Bind(general.Below(map, $"{List}[{i}]")) is not { } endpoint)
            {
                continue;
            }

            if (endpoints.Any(other => other.Path.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase)))
            {
                general.Error(BindingCodes.PassThrough, map, $"{List}[{i}].path", $"'{endpoint.Path}' is the path of an endpoint above; keep one.");
                continue;
            }

            endpoints.Add(endpoint);
        }

        endpoints.AddRange(OfEnvironment().Where(service => !endpoints.Any(other => other.Path == service.Path)).ToArray());
        return endpoints.ToImmutable();
    }

    /// <summary>The general limit of time.</summary>
    public TimeSpan? Timeout() => general.Limit("pass_through_request_timeout");

    private PassThroughEndpoint? Bind(SectionReader entry)
    {
        if (Path(entry) is not { } path || Target(entry) is not { } target)
        {
            return null;
        }

        var endpoint = new PassThroughEndpoint
        {
            Path = path,
            Target = target,
            Origin = entry.Map.Position.ToString(),
            IncludeSubpath = entry.Bool("include_subpath") ?? false,
            Auth = entry.Bool("auth") ?? true,
            Headers = Headers(entry),
            ForwardHeaders = entry.Bool("forward_headers") ?? false,
            MergeQuery = entry.Bool("merge_query_params") ?? false,
            DefaultQuery = Query(entry),
            Methods = [.. entry.Texts("methods").Select(static method => method.Trim().ToUpperInvariant())],
            CostPerRequest = Cost(entry),
            Timeout = entry.Limit("timeout"),
        };
        if (endpoint.Methods.FirstOrDefault(static method => !Methods.Contains(method, StringComparer.Ordinal)) is { } unknown && entry.Map.Find("methods") is { } methods)
        {
            entry.Error(BindingCodes.PassThrough, methods, "methods", $"'{unknown}' is no method that can be passed through.", expected: string.Join(", ", Methods));
            return null;
        }

        if (!endpoint.Auth && entry.Map.Find("auth") is { } auth)
        {
            entry.Warn(
                BindingCodes.OpenEndpoint, auth, "auth",
                $"Anyone who reaches Weir can call {path} without a key, and what is behind it sees Weir's own headers for it. Leave 'auth' out to ask for a key.");
        }

        // What does not fit is reported at its place already.
        return entry.FirstWrong is null ? endpoint : null;
    }

    private static decimal? Cost(SectionReader entry)
    {
        if (entry.Decimal("cost_per_request") is not { } dollars || dollars <= DearestRequest || entry.Map.Find("cost_per_request") is not { } node)
        {
            return entry.Decimal("cost_per_request");
        }

        entry.Wrong(node, "cost_per_request", $"at most {DearestRequest} dollars");
        return null;
    }

    private static string? Path(SectionReader entry)
    {
        var text = entry.Text("path")?.Trim();
        if (text is null)
        {
            entry.Error(BindingCodes.PassThrough, entry.Map, "path", "An endpoint needs a 'path', such as /bria.");
            return null;
        }

        var path = "/" + text.Trim('/');
        var node = entry.Map.Find("path") ?? entry.Map;
        if (path.AsSpan().ContainsAny("{}?#%\\* ") || path.Contains("//", StringComparison.Ordinal) || path.Split('/').Any(static part => part is "." or ".."))
        {
            entry.Error(BindingCodes.PassThrough, node, "path", $"'{text}' is no plain path: write /name, and include_subpath: true for what lies below it.");
            return null;
        }

        if (OwnPaths.Hold(path))
        {
            entry.Error(BindingCodes.PassThrough, node, "path", $"'{path}' is a route of Weir's own, so that the endpoint would never be reached; choose another path.");
            return null;
        }

        return path;
    }

    private static Uri? Target(SectionReader entry)
    {
        var text = entry.Text("target")?.Trim();
        if (Uri.TryCreate(text, UriKind.Absolute, out var target) && target.Scheme is "http" or "https" && target.Host.Length > 0 && target.UserInfo.Length == 0)
        {
            return target;
        }

        entry.Error(
            BindingCodes.PassThrough, entry.Map.Find("target") ?? entry.Map, "target",
            "An endpoint needs a 'target' that is an http or https address; credentials go into its 'headers'.");
        return null;
    }

    private ImmutableDictionary<string, Secret> Headers(SectionReader entry)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, Secret>(StringComparer.OrdinalIgnoreCase);
        if (entry.Section("headers") is not { } section)
        {
            return headers.ToImmutable();
        }

        foreach (var header in section.Map.Entries)
        {
            if (section.Text(header.Name) is not { } written || Filled(section, header, written) is not { } value)
            {
                continue;
            }

            if (!IsToken(header.Name) || value.Any(static c => c is < ' ' or > '~') || header.Name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONNECTION")
            {
                section.Error(BindingCodes.PassThrough, header.Value, header.Name, $"'{header.Name}' is no header that can be set, or its value holds a character that a header can't carry.");
                continue;
            }

            headers[header.Name] = new Secret(value);
        }

        // Langfuse's two keys become what it reads: a name and a password.
        if (headers.Remove("LANGFUSE_PUBLIC_KEY", out var user) & headers.Remove("LANGFUSE_SECRET_KEY", out var password))
        {
            headers["Authorization"] = Basic(user!.Reveal(), password!.Reveal()); // Both were there.
        }

        return headers.ToImmutable();
    }

    /// <summary>LiteLLM fills a variable in behind other words too: <c>bearer os.environ/NAME</c>.</summary>
    private string? Filled(SectionReader section, ConfigEntry header, string written)
    {
        // What came out of a variable is the value, whatever is in it.
        var at = header.Value is ConfigScalar { Variable: null } ? written.IndexOf(Reference, StringComparison.Ordinal) : -1;
        if (at < 0)
        {
            return written;
        }

        var name = written[(at + Reference.Length)..].Trim();
        if (sources.Variable(name) is { Length: > 0 } value)
        {
            return written[..at] + value.Trim();
        }

        section.Error("unset-variable", header.Value, header.Name, $"The environment variable {name} is not set. Set it before the start, or write it under environment_variables.");
        return null;
    }

    private static ImmutableArray<KeyValuePair<string, string>> Query(SectionReader entry) =>
        entry.Section("default_query_params") is not { } section ? []
        : [.. section.Map.Entries.Select(parameter => KeyValuePair.Create(parameter.Name, section.Text(parameter.Name))).Where(static p => p.Value is not null).OfType<KeyValuePair<string, string>>()];

    /// <summary>Services of LiteLLM's that have no models: open as soon as the environment holds their key.</summary>
    private IEnumerable<PassThroughEndpoint> OfEnvironment()
    {
        if (sources.Variable("ASSEMBLYAI_API_KEY") is { Length: > 0 } assembly)
        {
            yield return Service("/assemblyai", new Uri("https://api.assemblyai.com"), new Secret(assembly.Trim()));
            yield return Service("/eu.assemblyai", new Uri("https://api.eu.assemblyai.com"), new Secret(assembly.Trim()));
        }

        if (sources.Variable("LANGFUSE_PUBLIC_KEY") is { Length: > 0 } user && sources.Variable("LANGFUSE_SECRET_KEY") is { Length: > 0 } password
            && Uri.TryCreate(sources.Variable("LANGFUSE_HOST") ?? "https://cloud.langfuse.com", UriKind.Absolute, out var home) && home.Scheme is "http" or "https")
        {
            yield return Service("/langfuse", home, Basic(user.Trim(), password.Trim()));
        }
    }

    private static PassThroughEndpoint Service(string path, Uri home, Secret authorization) => new()
    {
        Path = path,
        Target = home,
        Origin = "(environment)",
        IncludeSubpath = true,
        Headers = ImmutableDictionary<string, Secret>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase).Add("Authorization", authorization),
    };

    private static Secret Basic(string user, string password) => new("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static bool IsToken(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
