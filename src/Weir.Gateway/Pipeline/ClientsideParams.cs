using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// Endpoints and credentials that a request brings along, where the config lets it (<c>configurable_clientside_auth_params</c>). The
/// deployment's own credential is then never sent: a caller who may choose the address must not receive our key there.
/// </summary>
internal static class ClientsideParams
{
    /// <summary>Whether every deployment that could answer lets the client set <paramref name="name"/> to <paramref name="value"/> (null: no text).</summary>
    internal static bool Allows(in RouteMatch route, string name, string? value)
    {
        foreach (var deployment in route.Group.Deployments)
        {
            if (!deployment.Config.ClientsideAuthParams.Contains(name, StringComparer.Ordinal) && !Fits(deployment.Config.ClientsideAuthPatterns, name, value))
            {
                return false;
            }
        }
        return route.Group.Count > 0;
    }

    private static bool Fits(ImmutableArray<ClientsidePattern> patterns, string name, string? value)
    {
        foreach (var pattern in patterns)
        {
            if (value is not null && pattern.Name == name && pattern.Matches(value))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The target that the request names, or null when it names none.</summary>
    internal static ClientsideTarget? Find(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, Operation operation)
    {
        var view = call.View;
        if (!view.Has(RequestMember.ApiBase) && !view.Has(RequestMember.BaseUrl) && !view.Has(RequestMember.ApiKey) && !view.Has(RequestMember.ApiVersion))
        {
            return null;
        }
        var body = call.Bytes.Span;
        var text = view.Text(body, RequestMember.ApiBase) ?? view.Text(body, RequestMember.BaseUrl);
        Uri? address = null;
        if (text is not null && (!Uri.TryCreate(text, UriKind.Absolute, out address) || address.Scheme is not ("http" or "https")))
        {
            throw new Errors.GatewayException(new Errors.GatewayError(Errors.ErrorKind.InvalidMember, "'api_base' must be an absolute http or https address.") { Param = "api_base" });
        }
        var key = view.Text(body, RequestMember.ApiKey);
        var target = new ProviderAddress(address ?? deployment.Config.ApiBase, view.Text(body, RequestMember.ApiVersion) ?? deployment.Config.ApiVersion, model.Model) { Location = deployment.Config.Location, Project = deployment.Config.Project };
        ICredential credential = key is not null
            ? new ApiKeyCredential(deployment.Provider.KeyHeaderAt(target), new Secret(key))
            : address is null ? deployment.Credential : NoCredential.Instance;
        return new ClientsideTarget(TargetOf(call, deployment, model, operation, target, address is not null), credential);
    }

    private static UpstreamTarget? TargetOf(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, Operation operation, ProviderAddress where, bool elsewhere)
    {
        var provider = deployment.Provider;
        if (provider.BaseAddress(where) is null)
        {
            return null;
        }
        var format = WireFormat.OpenAIChat;
        if (operation == Operation.Chat && provider is IChatProvider chat)
        {
            var formats = chat.ChatFormats(deployment.Config.UpstreamModel);
            format = formats.Contains(call.Format) ? call.Format : formats[0];
        }
        // Fixed headers may hold credentials too: they stay with the deployment's own address.
        KeyValuePair<string, string>[] headers = [.. (provider as IChatProvider)?.FormatHeaders(format) ?? [], .. elsewhere ? [] : deployment.Headers];
        return UriOf(provider, operation, call.Stream, format, where) is { } uri ? new UpstreamTarget(format, uri, uri, headers, model.PatchFor(provider, format), UpstreamModel.VariantOf(provider, format)) : null;
    }

    private static Uri? UriOf(IProvider provider, Operation operation, bool stream, WireFormat format, ProviderAddress address) => operation switch
    {
        Operation.Chat => (provider as IChatProvider)?.ChatUri(address, format, stream),
        _ => ProviderOperations.UriOf(provider, operation, address),
    };
}

/// <summary>A target of one request.</summary>
/// <param name="Target">Where to; null when the provider has no such operation.</param>
/// <param name="Credential">What to sign with.</param>
internal sealed record ClientsideTarget(UpstreamTarget? Target, ICredential Credential);
