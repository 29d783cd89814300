using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Weir.Gateway.Access;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>Which limits apply to a request, and for whom its spend is counted. Part of a snapshot.</summary>
internal sealed class SpendRules
{
    private const int LongestId = 200;
    private readonly SpendLimit? _proxy;
    private readonly BudgetTerms? _endUser;
    private readonly RateLimit? _inFlight;
    private readonly FrozenDictionary<string, SpendLimit> _providers;

    internal SpendRules(BudgetConfig config)
    {
        _proxy = config.Proxy is { } terms ? new SpendLimit(Scope.Proxy, terms.Max, null, terms.Window, "the whole gateway") : null;
        _endUser = config.EndUser;
        _inFlight = config.GlobalParallel is { } parallel ? new RateLimit(Scope.Proxy, null, null, parallel, "the whole gateway") : null;
        _providers = config.Providers.ToFrozenDictionary(
            static entry => entry.Key, static entry => new SpendLimit(new Scope(ScopeKind.Provider, entry.Key), entry.Value.Max, null, entry.Value.Window, entry.Key), StringComparer.Ordinal);
    }

    /// <summary>The limits that apply to a request that goes to <paramref name="group"/>, from the widest scope to the narrowest.</summary>
    internal IReadOnlyList<SpendLimit> LimitsOf(GatewayCall call, RouteGroup group)
    {
        var own = call.Caller?.SpendLimits ?? [];
        var endUser = _endUser is { } terms && call.Record.EndUser.Length > 0 && !Has(own, ScopeKind.EndUser) ? terms : null;
        var plain = _proxy is null && endUser is null;
        for (var i = 0; plain && i < own.Count; i++)
        {
            plain = own[i].Model is null;
        }
        if (plain)
        {
            return own;
        }
        var limits = new List<SpendLimit>(own.Count + 2);
        if (_proxy is not null)
        {
            limits.Add(_proxy);
        }
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i].Model is not { } model || Matches(model, group.Name) || Matches(model, call.Record.RequestedModel))
            {
                limits.Add(own[i]);
            }
        }
        if (endUser is not null)
        {
            limits.Add(new SpendLimit(new Scope(ScopeKind.EndUser, Bounded(call.Record.EndUser)), endUser.Max, null, endUser.Window, call.Record.EndUser));
        }
        return limits;
    }

    /// <summary>The limits of speed that apply to a request.</summary>
    internal IReadOnlyList<RateLimit> RatesOf(GatewayCall call)
    {
        var own = call.Caller?.RateLimits ?? [];
        var plain = _inFlight is null;
        for (var i = 0; plain && i < own.Count; i++)
        {
            plain = own[i].Model is null;
        }
        if (plain)
        {
            return own;
        }
        var limits = new List<RateLimit>(own.Count + 1);
        if (_inFlight is not null)
        {
            limits.Add(_inFlight);
        }
        for (var i = 0; i < own.Count; i++)
        {
            // What names no model (a list of files) counts for no model.
            if (own[i].Model is not { } model || (call.Surface.Kept is null && (Matches(model, call.Target.Group.Name) || Matches(model, call.Record.RequestedModel))))
            {
                limits.Add(own[i]);
            }
        }
        return limits;
    }

    /// <summary>The limits of a deployment and its provider.</summary>
    internal IReadOnlyList<SpendLimit> LimitsOf(UpstreamDeployment deployment) =>
        _providers.TryGetValue(deployment.Provider.Name, out var provider)
            ? deployment.Limit is { } limit ? [provider, limit] : [provider]
            : deployment.Limit is { } own ? [own] : [];

    /// <summary>Adds what a request cost to all time of every scope that it is counted for, where no limit has counted it there already.</summary>
    internal static void Count(GatewayCall call, long nanos)
    {
        var charges = call.Record.Charges;
        Add(charges, Scope.Proxy, nanos);
        if (call.Caller is { } caller)
        {
            for (var i = 0; i < caller.Scopes.Count; i++)
            {
                Add(charges, caller.Scopes[i], nanos);
            }
        }
        if (call.Record.EndUser.Length > 0)
        {
            Add(charges, new Scope(ScopeKind.EndUser, Bounded(call.Record.EndUser)), nanos);
        }
        foreach (var tag in call.Options.Tags)
        {
            Add(charges, new Scope(ScopeKind.Tag, Bounded(tag)), nanos);
        }
    }

    private static void Add(List<SpendCharge> charges, Scope scope, long nanos)
    {
        foreach (var charge in charges)
        {
            if (charge.Scope == scope && charge.Window.Length == 0)
            {
                return;
            }
        }
        // Tags are a caller's own words, as many as it likes: what does not fit is in no tag's spend, and in every other one.
        if (charges.Count < SpendCharge.Most)
        {
            charges.Add(new SpendCharge(scope, "", 0, 0, nanos));
        }
    }

    /// <summary>Ids that callers choose may be of any length; a long one is counted under its hash.</summary>
    private static string Bounded(string id) =>
        id.Length <= LongestId ? id : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    private static bool Matches(string pattern, string name) =>
        pattern == name || (ModelPattern.IsPattern(pattern) && new ModelPattern(pattern).Matches(name));

    private static bool Has(IReadOnlyList<SpendLimit> limits, ScopeKind kind)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Scope.Kind == kind)
            {
                return true;
            }
        }
        return false;
    }
}
