using System.Security.Cryptography;
using System.Text;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access.Keys;

/// <summary>
/// The end user and the tags that a request names: their limits come on top of the caller's, so that naming another one never gains
/// anything that the caller has not.
/// </summary>
internal sealed class NamedParties : IDirectoryDerived
{
    private const int MostParties = 10_000;
    private const int LongestId = 256;

    private readonly IDirectoryStore _store;
    private readonly JoinedCache<(ScopeKind Kind, string Id, string? UsualBudget), Party> _parties;

    private volatile bool _suspended;

    internal NamedParties(IDirectoryStore store)
    {
        _store = store;
        _parties = new JoinedCache<(ScopeKind, string, string?), Party>(MostParties, ReadAsync);
    }

    /// <inheritdoc/>
    public bool Suspended
    {
        get => _suspended;
        set => _suspended = value;
    }

    /// <summary>The caller with the limits and scopes of those that its request names. The same object when it names nobody new.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="endUser">The end user that the request names; empty for none.</param>
    /// <param name="tags">The tags that the request names.</param>
    /// <param name="usualBudget">The budget of end users that have none of their own (<c>max_end_user_budget_id</c>).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="GatewayException">The end user is blocked, or the store is away.</exception>
    internal ValueTask<Caller> WithAsync(Caller caller, string endUser, IReadOnlyList<string> tags, string? usualBudget, CancellationToken cancellationToken)
    {
        var named = endUser.Length > 0;
        foreach (var tag in tags)
        {
            named |= !caller.Tags.Contains(tag, StringComparer.Ordinal);
        }
        return named ? AddAsync(caller, endUser, tags, usualBudget, cancellationToken) : ValueTask.FromResult(caller);
    }

    /// <inheritdoc/>
    public void Drop(DirectoryKind kind, string id) => _parties.Drop(kind, id);

    /// <inheritdoc/>
    public void Clear() => _parties.Clear();

    private async ValueTask<Caller> AddAsync(Caller caller, string endUser, IReadOnlyList<string> tags, string? usualBudget, CancellationToken cancellationToken)
    {
        var (spend, rates, scopes) = (new List<SpendLimit>(caller.SpendLimits), new List<RateLimit>(caller.RateLimits), new List<Scope>(caller.Scopes));
        if (endUser.Length > 0)
        {
            var id = endUser.Length <= LongestId ? endUser : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endUser)));
            await TakeAsync(ScopeKind.EndUser, id, usualBudget);
        }
        foreach (var tag in tags)
        {
            if (tag.Length is > 0 and <= LongestId && !caller.Tags.Contains(tag, StringComparer.Ordinal))
            {
                await TakeAsync(ScopeKind.Tag, tag, null);
            }
        }
        return caller with { SpendLimits = spend, RateLimits = rates, Scopes = scopes };

        async ValueTask TakeAsync(ScopeKind kind, string id, string? budget)
        {
            scopes.Add(new Scope(kind, id));
            var party = !_suspended && _parties.TryFind((kind, id, budget), out var known) ? known : await LoadAsync((kind, id, budget), cancellationToken);
            if (party.Blocked)
            {
                throw new GatewayException(new GatewayError(ErrorKind.KeyBlocked, $"User blocked from making LLM API Calls. User={id}") { Status = 400, Param = "user" });
            }
            if (!caller.IsAdmin)
            {
                // What limits others does not limit the administrator; what it spends for them counts.
                spend.AddRange(party.SpendLimits);
                rates.AddRange(party.RateLimits);
            }
        }
    }

    private async ValueTask<Party> LoadAsync((ScopeKind, string, string?) key, CancellationToken cancellationToken)
    {
        try
        {
            return await _parties.LoadAsync(key, static _ => true, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new GatewayException(new GatewayError(ErrorKind.DirectoryUnavailable, "No connected db."), error);
        }
    }

    private async Task<Derived<Party>> ReadAsync((ScopeKind Kind, string Id, string? UsualBudget) key)
    {
        var reader = new SourceReader(_store);
        var scope = new Scope(key.Kind, key.Id);
        var limits = new LimitList();
        var entry = await reader.FindAsync(key.Kind == ScopeKind.EndUser ? DirectoryKind.EndUser : DirectoryKind.Tag, key.Id);
        if (entry is { } fields)
        {
            limits.Add(scope, fields.Text("alias") ?? key.Id, fields);
        }
        var own = entry is { } known && known.Money("max_budget") is not null;
        if (!own && await reader.FindAsync(DirectoryKind.Budget, entry?.Text("budget_id") ?? key.UsualBudget) is { } budget)
        {
            limits.Add(scope, key.Id, budget);
        }
        return new Derived<Party>(new Party(limits.Spend, limits.Rates, entry is { } named && named.Stands("blocked")), reader.Sources);
    }

    private sealed record Party(IReadOnlyList<SpendLimit> SpendLimits, IReadOnlyList<RateLimit> RateLimits, bool Blocked);
}
