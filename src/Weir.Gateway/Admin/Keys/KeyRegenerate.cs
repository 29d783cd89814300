using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Admin.Keys;

/// <summary>
/// <c>/key/regenerate</c> and <c>/key/{key}/regenerate</c>: another secret for the same key. What it spent, what it keeps and all that it may
/// stay; the old secret ends at once, or after <c>grace_period</c>.
/// </summary>
internal sealed class KeyRegenerate(Desk desk, KeyShelf shelf, KeyRights rights)
{
    internal async Task<Action<Utf8JsonWriter>> RegenerateAsync(AdminCall call)
    {
        var named = call.Path("key") is { Length: > 0 } path ? path : call.Required("key");
        var old = KeyShelf.TokenOf(named);
        var entry = await desk.Store.FindAsync(DirectoryKind.Key, old, call.Aborted) ?? throw KeyShelf.NotFound(named);
        var document = new EntryDocument(EntryFields.Of(entry));
        var fields = call.Read(KeyFields.Types);
        await rights.RequireChangeAsync(call, document.Fields, [.. fields.Select(static field => field.Name), .. call.Fields.Find("duration") is null ? [] : (string[])["duration"]]);
        KeyFields.Apply(document, fields);
        await shelf.RequireReferencesAsync(document.Fields, isTeam: false, call.Aborted);
        if (!call.IsAdmin && (document.Fields.Text("user_id") != entry.UserId || document.Fields.Text("team_id") != entry.TeamId || document.Fields.Text("organization_id") != entry.OrganizationId))
        {
            throw AdminErrors.Forbidden("Only an administrator moves a key to another user, team or organization.");
        }
        var key = call.Fields.Text("new_key") is { } told && told.StartsWith("sk-", StringComparison.Ordinal) && told.Length is >= 16 and <= 512 ? told : KeyShelf.NewKey();
        var token = KeyHash.Of(key).ToHex();
        document.Set(CallerReader.KeyId, document.Fields.Text(CallerReader.KeyId) ?? old).Set("key_name", MaskedKey.Of(key)).Set("updated_by", call.Actor).Set("updated_at", JsonValues.Stamp(desk.Now));
        if (call.Fields.Text("duration") is { } duration)
        {
            document.Set("expires", JsonValues.Of(Durations.After(desk.Now, duration)
                ?? throw new FieldsException(new FieldProblem("value_error", "body", "duration", "Input should be a duration such as 30s, 30m, 24h, 7d, 1w or 1mo", JsonValues.Of(duration)))));
        }
        var steps = new List<DirectoryChange>
        {
            // Written as it was read: whoever changed it meanwhile is not overwritten unseen.
            new DirectoryChange.Replace(entry),
            new DirectoryChange.Remove(DirectoryKind.Key, old),
            new DirectoryChange.Add(desk.EntryOf(DirectoryKind.Key, token, document, null) with { CreatedAt = entry.CreatedAt }),
        };
        if (call.Fields.Text("grace_period") is { } grace)
        {
            var end = Durations.After(desk.Now, grace)
                ?? throw new FieldsException(new FieldProblem("value_error", "body", "grace_period", "Input should be a duration such as 30s, 30m, 24h, 7d, 1w or 1mo", JsonValues.Of(grace)));
            steps.Add(new DirectoryChange.Remove(DirectoryKind.RetiredKey, old));
            steps.Add(desk.NewOf(DirectoryKind.RetiredKey, old, new EntryDocument().Set("successor", token).Set("revoke_at", JsonValues.Stamp(end))));
        }
        await desk.ApplyAsync(steps);
        var made = document.Fields;
        var spend = await shelf.SpendOfAsync(token, made, CancellationToken.None);
        return json => KeyFields.Shape.Write(json, made, [("key", JsonValues.Of(key)), ("token", JsonValues.Of(token)), ("token_id", JsonValues.Of(token)), .. spend]);
    }
}
