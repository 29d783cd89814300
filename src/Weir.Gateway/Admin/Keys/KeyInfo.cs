using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Keys;

/// <summary><c>/key/info</c> and <c>/v2/key/info</c>.</summary>
internal sealed class KeyInfo(Desk desk, KeyShelf shelf, KeyRights rights)
{
    /// <summary>One key, named by <c>?key=</c>; without it the one that asks.</summary>
    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        var named = call.Query("key") ?? (call.Caller.IsAdmin ? throw new FieldsException(FieldProblem.Missing("key", "query")) : call.Caller.KeyHash);
        var token = KeyShelf.TokenOf(named);
        var key = await shelf.RequireAsync(named, call.Aborted);
        if (!await rights.SeesAsync(call, token, key))
        {
            throw AdminErrors.Forbidden("You are not allowed to access this key's info. Your role=" + Access.CallerRoles.WordOf(call.Caller.Role));
        }
        var spend = await shelf.SpendOfAsync(token, key, call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("key"u8, named);
            json.WritePropertyName("info"u8);
            KeyFields.Shape.Write(json, key, spend);
            json.WriteEndObject();
        };
    }

    /// <summary>Several keys, <c>{"keys": [..]}</c>. Those that are not there, or not the caller's to see, are left out.</summary>
    internal async Task<Action<Utf8JsonWriter>> InfosAsync(AdminCall call)
    {
        var names = call.RequiredTexts("keys");
        var found = new List<(string Token, EntryFields Fields, IReadOnlyList<(string, JsonElement)> Spend)>();
        foreach (var named in names)
        {
            var token = KeyShelf.TokenOf(named);
            if (await desk.FindAsync(DirectoryKind.Key, token, call.Aborted) is { } key && await rights.SeesAsync(call, token, key))
            {
                found.Add((token, key, await shelf.SpendOfAsync(token, key, call.Aborted)));
            }
        }
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("key"u8);
            foreach (var named in names)
            {
                json.WriteStringValue(named);
            }
            json.WriteEndArray();
            json.WriteStartArray("info"u8);
            foreach (var (token, fields, spend) in found)
            {
                KeyFields.Shape.Write(json, fields, [("token", JsonValues.Of(token)), .. spend]);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }
}
