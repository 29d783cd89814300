using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Keys;

/// <summary><c>/key/update</c>, <c>/key/bulk_update</c>, <c>/key/block</c>, <c>/key/unblock</c>, <c>/key/{key}/reset_spend</c>.</summary>
internal sealed class KeyUpdate(Desk desk, KeyShelf shelf, KeyRights rights)
{
    private const string Never = "-1";

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        var named = call.Required("key");
        var fields = await ChangeAsync(call, named);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("key"u8, Shown(named));
            KeyFields.Shape.WriteMembers(json, fields, ("key", JsonValues.Null), ("token", JsonValues.Of(KeyShelf.TokenOf(named))));
            json.WriteEndObject();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> BulkAsync(AdminCall call)
    {
        call.RequireAdmin();
        if (call.Fields.Find("keys") is not { ValueKind: JsonValueKind.Array } keys)
        {
            throw new FieldsException(FieldProblem.Missing("keys"));
        }
        var (done, failed) = (new List<(string Named, EntryFields Fields)>(), new List<(string Named, string Why)>());
        foreach (var item in keys.EnumerateArray())
        {
            var one = call with { Body = item };
            var named = one.Required("key");
            try
            {
                done.Add((named, await ChangeAsync(one, named)));
            }
            catch (Errors.GatewayException refused)
            {
                failed.Add((named, refused.Message));
            }
        }
        return json =>
        {
            json.WriteStartObject();
            json.WriteNumber("total_requested"u8, keys.GetArrayLength());
            json.WriteStartArray("successful_updates"u8);
            foreach (var (named, fields) in done)
            {
                json.WriteStartObject();
                json.WriteString("key"u8, Shown(named));
                json.WriteStartObject("key_info"u8);
                KeyFields.Shape.WriteMembers(json, fields);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("failed_updates"u8);
            foreach (var (named, why) in failed)
            {
                json.WriteStartObject();
                json.WriteString("key"u8, Shown(named));
                json.WriteString("failed_reason"u8, why);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    internal Task<Action<Utf8JsonWriter>> BlockAsync(AdminCall call) => SetBlockedAsync(call, true);

    internal Task<Action<Utf8JsonWriter>> UnblockAsync(AdminCall call) => SetBlockedAsync(call, false);

    internal async Task<Action<Utf8JsonWriter>> ResetSpendAsync(AdminCall call)
    {
        call.RequireAdmin();
        var named = call.Path("key");
        var key = await shelf.RequireAsync(named, call.Aborted);
        if (call.Fields.Find("reset_to") is not { ValueKind: JsonValueKind.Number } to || to.GetDouble() < 0)
        {
            throw new FieldsException(call.Fields.Find("reset_to") is { } wrong
                ? new FieldProblem("float_parsing", "body", "reset_to", "Input should be a valid number of dollars, zero or more", wrong) : FieldProblem.Missing("reset_to"));
        }
        var scope = KeyShelf.ScopeOf(KeyShelf.TokenOf(named), key);
        var window = key.Text("budget_duration") ?? "";
        var before = (await desk.Spend.SpentAsync([(scope, window)], call.Aborted))[0];
        await desk.Spend.SetAsync(scope, window, call.Fields.Money("reset_to") ?? default, CancellationToken.None);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("key_hash"u8, KeyShelf.TokenOf(named));
            json.WriteNumber("spend"u8, to.GetDecimal());
            json.WriteNumber("previous_spend"u8, before.Dollars);
            json.WritePropertyName("max_budget"u8);
            (key.Find("max_budget") ?? JsonValues.Null).WriteTo(json);
            json.WriteEndObject();
        };
    }

    private async ValueTask<EntryFields> ChangeAsync(AdminCall call, string named)
    {
        var fields = call.Read(KeyFields.Types);
        var changed = await desk.ChangeAsync(DirectoryKind.Key, KeyShelf.TokenOf(named), async (document, _) =>
        {
            await rights.RequireChangeAsync(call, document.Fields, [.. fields.Select(static field => field.Name), .. call.Fields.Find("duration") is null ? [] : (string[])["duration"]]);
            var (user, team, organization) = (document.Fields.Text("user_id"), document.Fields.Text("team_id"), document.Fields.Text("organization_id"));
            KeyFields.Apply(document, fields);
            var now = document.Fields;
            if (!call.IsAdmin && (now.Text("user_id") != user || now.Text("team_id") != team || now.Text("organization_id") != organization))
            {
                throw AdminErrors.Forbidden("Only an administrator moves a key to another user, team or organization.");
            }
            await shelf.RequireReferencesAsync(now, isTeam: false, call.Aborted);
            if (call.Fields.Text("duration") is { } duration)
            {
                document.Set("expires", duration == Never ? JsonValues.Null : JsonValues.Of(Durations.After(desk.Now, duration)
                    ?? throw new FieldsException(new FieldProblem("value_error", "body", "duration", "Input should be a duration such as 30s, 30m, 24h, 7d, 1w or 1mo", JsonValues.Of(duration)))));
            }
            document.Set("updated_by", call.Actor);
        });
        return changed is null ? throw KeyShelf.NotFound(named) : EntryFields.Of(changed);
    }

    private async Task<Action<Utf8JsonWriter>> SetBlockedAsync(AdminCall call, bool blocked)
    {
        var named = call.Required("key");
        var changed = await desk.ChangeAsync(DirectoryKind.Key, KeyShelf.TokenOf(named), async (document, _) =>
        {
            await rights.RequireManagerAsync(call, document.Fields);
            document.Set("blocked", blocked).Set("updated_by", call.Actor);
        });
        var fields = changed is null ? throw KeyShelf.NotFound(named) : EntryFields.Of(changed);
        var spend = await shelf.SpendOfAsync(changed.Id, fields, CancellationToken.None);
        return json => KeyFields.Shape.Write(json, fields, [("token", JsonValues.Of(changed.Id)), .. spend]);
    }

    /// <summary>The key as it was named: whoever sent it plain has it.</summary>
    private static string Shown(string named) => named;
}
