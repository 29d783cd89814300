using System.Security.Cryptography;
using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Admin.Keys;

/// <summary>Makes, finds and shows keys.</summary>
internal sealed class KeyShelf(Desk desk)
{
    /// <summary>A new key: 32 bytes of the system's randomness.</summary>
    internal static string NewKey() => "sk-" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The stored id of a key that is named in plain or by its hash.</summary>
    internal static string TokenOf(string named) =>
        named.StartsWith("sk-", StringComparison.Ordinal) ? KeyHash.Of(named).ToHex() : named;

    /// <summary>The fields of a key that is named in plain or by its hash.</summary>
    /// <exception cref="Errors.GatewayException">There is none.</exception>
    internal async ValueTask<EntryFields> RequireAsync(string named, CancellationToken cancellationToken) =>
        await desk.FindAsync(DirectoryKind.Key, TokenOf(named), cancellationToken) ?? throw NotFound(named);

    /// <summary>No such key; a plain one is never repeated.</summary>
    internal static Errors.GatewayException NotFound(string named) =>
        AdminErrors.Missing($"Key not found in database: {(named.StartsWith("sk-", StringComparison.Ordinal) ? MaskedKey.Of(named) : named.Length <= 64 ? named : named[..64])}", "key");

    /// <summary>Refuses what a key may not refer to: a team, user, organisation or budget that is not there, and names outside the caller's rights.</summary>
    /// <param name="key">A key, or a team, which refers to the same things.</param>
    /// <param name="isTeam">It is a team: the team that it names is itself.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    internal async ValueTask RequireReferencesAsync(EntryFields key, bool isTeam, CancellationToken cancellationToken)
    {
        await RequireAsync(DirectoryKind.Team, isTeam ? null : key.Text("team_id"), id => $"Team doesn't exist in db. Team={id}. Create team via `/team/new` call.", cancellationToken);
        await RequireAsync(DirectoryKind.Organization, key.Text("organization_id"), id => $"Organization doesn't exist in db. Organization={id}.", cancellationToken);
        await RequireAsync(DirectoryKind.Budget, key.Text("budget_id"), id => $"Budget doesn't exist in db. Budget={id}. Create budget via `/budget/new` call.", cancellationToken);
        foreach (var group in key.Texts("access_group_ids"))
        {
            await RequireAsync(DirectoryKind.AccessGroup, group, id => $"Access group doesn't exist in db. Access group={id}.", cancellationToken);
        }
    }

    /// <summary>What a key has spent, with what LiteLLM's answers say about it.</summary>
    internal async ValueTask<IReadOnlyList<(string Name, JsonElement Value)>> SpendOfAsync(string token, EntryFields key, CancellationToken cancellationToken)
    {
        var window = key.Text("budget_duration") ?? "";
        var spent = await desk.Spend.SpentAsync([(ScopeOf(token, key), window)], cancellationToken);
        return [("spend", JsonValues.Of(spent[0].Dollars)), ("budget_reset_at", JsonValues.Of(desk.Spend.EndOf(window)))];
    }

    /// <summary>Under what a key's spend is counted.</summary>
    internal static Scope ScopeOf(string token, EntryFields key) => new(ScopeKind.Key, key.Text(CallerReader.KeyId) ?? token);

    private async ValueTask RequireAsync(DirectoryKind kind, string? id, Func<string, string> message, CancellationToken cancellationToken)
    {
        if (id is not null && await desk.Store.FindAsync(kind, id, cancellationToken) is null)
        {
            throw AdminErrors.Missing(message(id));
        }
    }
}
