using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.AccessGroups;

/// <summary><c>/v1/access_group</c>: named sets of models that keys and teams are given by id.</summary>
internal sealed class AccessGroupRoutes(Desk desk)
{
    private static readonly Dictionary<string, FieldType> Types = new(StringComparer.Ordinal)
    {
        ["access_group_name"] = FieldType.Text, ["description"] = FieldType.Text, ["access_model_names"] = FieldType.Texts,
    };

    private static readonly string[] Unserved = ["access_mcp_server_ids", "access_agent_ids"];

    private static readonly Shape Shape = new("""
        {"access_group_id":null,"access_group_name":null,"description":null,"access_model_names":[],"access_mcp_server_ids":[],"access_agent_ids":[],
         "created_at":null,"created_by":null,"updated_at":null,"updated_by":null}
        """);

    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        call.Required("access_group_name");
        var id = Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("access_group_id", id).Set("created_by", call.Actor);
        Apply(call, document);
        await desk.ApplyAsync([desk.NewOf(DirectoryKind.AccessGroup, id, document)]);
        return json => Shape.Write(json, document.Fields);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var changed = await desk.ChangeAsync(DirectoryKind.AccessGroup, call.Path("id"), (document, _) =>
        {
            Apply(call, document);
            return ValueTask.CompletedTask;
        });
        return changed is null ? throw NotFound(call) : json => Shape.Write(json, EntryFields.Of(changed));
    }

    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var group = await desk.FindAsync(DirectoryKind.AccessGroup, call.Path("id"), call.Aborted) ?? throw NotFound(call);
        await desk.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.AccessGroup, call.Path("id"))]);
        return json => Shape.Write(json, group);
    }

    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var group = await desk.FindAsync(DirectoryKind.AccessGroup, call.Path("id"), call.Aborted) ?? throw NotFound(call);
        return json => Shape.Write(json, group);
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var all = await desk.AllAsync(new DirectoryQuery(DirectoryKind.AccessGroup), call.Aborted);
        return json =>
        {
            json.WriteStartArray();
            all.ForEach(entry => Shape.Write(json, EntryFields.Of(entry)));
            json.WriteEndArray();
        };
    }

    private static void Apply(AdminCall call, EntryDocument document)
    {
        foreach (var name in Unserved)
        {
            if (call.Fields.Texts(name).Count > 0)
            {
                throw AdminErrors.Bad($"'{name}' is not served by this build.", name);
            }
        }
        document.Set("updated_by", call.Actor);
        foreach (var (name, value) in call.Read(Types))
        {
            document.Set(name, value);
        }
    }

    private static Errors.GatewayException NotFound(AdminCall call) => AdminErrors.Missing($"Access group '{call.Path("id")}' not found", "access_group_id");
}
