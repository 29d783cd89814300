using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Keys;

/// <summary><c>/key/delete</c>: by key, hash or alias.</summary>
internal sealed class KeyDelete(Desk desk, KeyRights rights)
{
    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        var (keys, aliases) = (call.Fields.Find("keys") is null ? [] : call.RequiredTexts("keys"), call.Fields.Find("key_aliases") is null ? [] : call.RequiredTexts("key_aliases"));
        if (keys.Count + aliases.Count == 0)
        {
            throw new FieldsException(FieldProblem.Missing("keys"));
        }
        var (steps, told) = (new List<DirectoryChange>(), new List<string>());
        foreach (var named in keys)
        {
            var token = KeyShelf.TokenOf(named);
            await AddAsync(call, steps, token, await desk.FindAsync(DirectoryKind.Key, token, call.Aborted) ?? throw KeyShelf.NotFound(named));
            told.Add(named);
        }
        foreach (var alias in aliases)
        {
            var entry = await desk.Store.FindByAliasAsync(DirectoryKind.Key, alias, call.Aborted) ?? throw AdminErrors.Missing($"Key with alias '{alias}' not found in database.", "key_aliases");
            await AddAsync(call, steps, entry.Id, EntryFields.Of(entry));
            told.Add(entry.Id);
        }
        await desk.ApplyAsync(steps);
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("deleted_keys"u8);
            told.ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    private async ValueTask AddAsync(AdminCall call, List<DirectoryChange> steps, string token, EntryFields key)
    {
        await rights.RequireChangeAsync(call, key, []);
        steps.Add(new DirectoryChange.Remove(DirectoryKind.Key, token));
    }
}
