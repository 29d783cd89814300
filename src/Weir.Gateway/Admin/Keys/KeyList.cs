using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Teams;

namespace Weir.Gateway.Admin.Keys;

/// <summary><c>/key/list</c> and <c>/key/aliases</c>.</summary>
internal sealed class KeyList(Desk desk)
{
    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        var (page, size) = (call.Number("page", 1, 1, 1_000_000), call.Number("size", 10, 1, DirectoryQuery.MaxPageSize));
        if (call.Query("sort_by") is { } by && by != "created_at" || call.Query("sort_order") is { } order && order != "desc")
        {
            throw AdminErrors.Bad("Keys are listed by created_at, the newest first; another order is not served.", "sort_by");
        }
        if (call.Query("status") is not null)
        {
            throw AdminErrors.Bad("Deleted keys are not kept; leave 'status' out.", "status");
        }
        var query = new DirectoryQuery(DirectoryKind.Key)
        {
            PageSize = size, Skip = checked((page - 1) * size), UserId = call.Query("user_id"), TeamId = call.Query("team_id"),
            OrganizationId = call.Query("organization_id"), Alias = call.Query("key_alias"),
        };
        if (!call.SeesAll)
        {
            query = await NarrowAsync(call, query);
        }
        var whole = string.Equals(call.Query("return_full_object"), "true", StringComparison.OrdinalIgnoreCase);
        DirectoryPage found;
        if (call.Query("key_hash") is { } hash)
        {
            var entry = await desk.Store.FindAsync(DirectoryKind.Key, KeyShelf.TokenOf(hash), call.Aborted);
            var fits = entry is not null && (query.UserId is null || entry.UserId == query.UserId) && (query.TeamId is null || entry.TeamId == query.TeamId);
            found = new DirectoryPage(fits && entry is not null ? [entry] : [], fits ? 1 : 0, null);
        }
        else
        {
            found = await desk.Store.ListAsync(query, call.Aborted);
        }
        var keys = found.Entries.Select(static entry => (entry.Id, Fields: EntryFields.Of(entry))).ToList();
        var spent = whole ? await desk.Spend.SpentAsync([.. keys.Select(static key => (KeyShelf.ScopeOf(key.Id, key.Fields), key.Fields.Text("budget_duration") ?? ""))], call.Aborted) : [];
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            for (var i = 0; i < keys.Count; i++)
            {
                if (whole)
                {
                    KeyFields.Shape.Write(
                        json, keys[i].Fields, ("token", JsonValues.Of(keys[i].Id)), ("spend", JsonValues.Of(spent[i].Dollars)),
                        ("budget_reset_at", JsonValues.Of(desk.Spend.EndOf(keys[i].Fields.Text("budget_duration") ?? ""))));
                }
                else
                {
                    json.WriteStringValue(keys[i].Id);
                }
            }
            json.WriteEndArray();
            json.WriteNumber("total_count"u8, found.Total);
            json.WriteNumber("current_page"u8, page);
            json.WriteNumber("total_pages"u8, (found.Total + size - 1) / size);
            json.WriteEndObject();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> AliasesAsync(AdminCall call)
    {
        var query = new DirectoryQuery(DirectoryKind.Key);
        var all = await desk.AllAsync(call.SeesAll ? query : await NarrowAsync(call, query), call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("aliases"u8);
            foreach (var alias in all.Select(static entry => entry.Alias).OfType<string>().Order(StringComparer.Ordinal))
            {
                json.WriteStringValue(alias);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    /// <summary>Others see their own keys, and those of a team that they manage.</summary>
    private async ValueTask<DirectoryQuery> NarrowAsync(AdminCall call, DirectoryQuery query)
    {
        if (call.Caller.UserId is not { } self || call.Caller.Role is CallerRole.Customer)
        {
            throw AdminErrors.AdminsOnly(call);
        }
        if (query.TeamId is { } team && await TeamRights.ManagesAsync(desk, call, team, null))
        {
            return query;
        }
        return query.UserId is null || query.UserId == self ? query with { UserId = self }
            : throw AdminErrors.Forbidden($"You are not authorized to check another user's keys. Your user_id={self}");
    }
}
