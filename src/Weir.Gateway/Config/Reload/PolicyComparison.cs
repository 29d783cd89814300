using System.Collections.Immutable;
using Weir.Gateway.Config.Binding;

namespace Weir.Gateway.Config.Reload;

/// <summary>Says what a new configuration protects less than the one before it, so that nobody lowers a guard unseen.</summary>
public static class PolicyComparison
{
    /// <summary>Every protection that can be lowered, one rule each. A room that brings a policy adds its rule here.</summary>
    private static readonly Func<GatewayConfig, GatewayConfig, IEnumerable<string>>[] s_rules =
    [
        MasterKey,
        TlsVerification,
        ClientsideParameters,
        Metrics,
        RequestSize,
        MockTesting,
        OpenEndpoints,
        Doors,
    ];

    /// <summary>One sentence per lowered protection; empty when there is none.</summary>
    public static ImmutableArray<string> Weakens(GatewayConfig before, GatewayConfig after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return [.. s_rules.SelectMany(rule => rule(before, after))];
    }

    private static IEnumerable<string> MasterKey(GatewayConfig before, GatewayConfig after)
    {
        if (before.Access.MasterKey is not null && after.Access.MasterKey is null)
        {
            yield return "The master key is gone.";
        }
        else if (IsWellKnown(after) && !IsWellKnown(before))
        {
            yield return $"The master key is now the well-known {MasterKeyPolicy.WellKnown}.";
        }

        if (after.Access.PermitWeakMasterKey && !before.Access.PermitWeakMasterKey)
        {
            yield return "A weak or missing master key is now permitted.";
        }
    }

    private static IEnumerable<string> TlsVerification(GatewayConfig before, GatewayConfig after)
    {
        if (before.Request.VerifyTls && !after.Request.VerifyTls)
        {
            yield return "Certificates of upstreams are no longer verified.";
        }

        var open = before.Deployments.Where(static item => !item.VerifyTls).Select(static item => item.ModelGroup).ToHashSet(StringComparer.Ordinal);
        foreach (var group in Groups(after.Deployments.Where(static item => !item.VerifyTls)))
        {
            if (!open.Contains(group.Key))
            {
                yield return $"The certificate of an upstream of '{group.Key}' is not verified.";
            }
        }
    }

    private static IEnumerable<string> ClientsideParameters(GatewayConfig before, GatewayConfig after)
    {
        var open = Groups(before.Deployments).ToDictionary(static group => group.Key, Parameters, StringComparer.Ordinal);
        foreach (var group in Groups(after.Deployments))
        {
            foreach (var name in Parameters(group).Except(open.GetValueOrDefault(group.Key, []), StringComparer.Ordinal))
            {
                yield return $"Clients of '{group.Key}' may now set {name} themselves.";
            }
        }

        static string[] Parameters(IGrouping<string, DeploymentConfig> group) =>
            [.. group.SelectMany(static item => item.ClientsideAuthParams.Concat(item.ClientsideAuthPatterns.Select(static pattern => pattern.ToString()))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Metrics(GatewayConfig before, GatewayConfig after)
    {
        if (before.Access.RequireAuthForMetrics && !after.Access.RequireAuthForMetrics)
        {
            yield return "/metrics no longer asks for a key.";
        }
    }

    private static IEnumerable<string> RequestSize(GatewayConfig before, GatewayConfig after)
    {
        if (after.Access.MaxRequestBytes > before.Access.MaxRequestBytes)
        {
            yield return FormattableString.Invariant($"The largest request body rises from {before.Access.MaxRequestBytes} to {after.Access.MaxRequestBytes} bytes.");
        }
        if (after.Access.MaxUploadBytes > before.Access.MaxUploadBytes)
        {
            yield return FormattableString.Invariant($"The largest upload rises from {before.Access.MaxUploadBytes} to {after.Access.MaxUploadBytes} bytes.");
        }
    }

    private static IEnumerable<string> MockTesting(GatewayConfig before, GatewayConfig after)
    {
        if (after.Request.AllowMockTesting && !before.Request.AllowMockTesting)
        {
            yield return "Requests may now carry mock_testing_* members.";
        }
    }

    private static IEnumerable<string> OpenEndpoints(GatewayConfig before, GatewayConfig after)
    {
        var open = before.PassThrough.Endpoints.Where(static item => !item.Auth).Select(static item => item.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var endpoint in after.PassThrough.Endpoints.Where(item => !item.Auth && !open.Contains(item.Path)))
        {
            yield return $"Anyone may now call {endpoint.Path} without a key.";
        }
    }

    private static IEnumerable<string> Doors(GatewayConfig before, GatewayConfig after)
    {
        if (before.Access.AllowedAddresses.Count > 0 && (after.Access.AllowedAddresses.Count == 0 || after.Access.AllowedAddresses.Except(before.Access.AllowedAddresses).Any()))
        {
            yield return "More addresses may call (allowed_ips).";
        }
        if (before.Access.AllowedRoutes.Count > 0 && (after.Access.AllowedRoutes.Count == 0 || after.Access.AllowedRoutes.Except(before.Access.AllowedRoutes, StringComparer.Ordinal).Any()))
        {
            yield return "More routes may be called (allowed_routes).";
        }
        if (after.Access.TrustedProxies.Except(before.Access.TrustedProxies).Any())
        {
            yield return "More proxies are trusted to say where a request comes from (trusted_proxies).";
        }
        if (before.Access.EnforceFallbackModelAccess && !after.Access.EnforceFallbackModelAccess)
        {
            yield return "Fallbacks no longer ask whether the key may use them.";
        }
    }

    private static bool IsWellKnown(GatewayConfig config) =>
        string.Equals(config.Access.MasterKey?.Reveal().Trim(), MasterKeyPolicy.WellKnown, StringComparison.Ordinal);

    private static IEnumerable<IGrouping<string, DeploymentConfig>> Groups(IEnumerable<DeploymentConfig> deployments) =>
        deployments.GroupBy(static item => item.ModelGroup, StringComparer.Ordinal);
}
