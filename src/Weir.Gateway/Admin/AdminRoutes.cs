using Weir.Gateway.Access;
using Weir.Gateway.Admin.AccessGroups;
using Weir.Gateway.Admin.Budgets;
using Weir.Gateway.Admin.Customers;
using Weir.Gateway.Admin.Keys;
using Weir.Gateway.Admin.Organizations;
using Weir.Gateway.Admin.Tags;
using Weir.Gateway.Admin.Teams;
using Weir.Gateway.Admin.Users;
using Weir.Gateway.Endpoints;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Admin;

/// <summary>Every route of the management API. <see cref="EndpointMap"/> lists them with the others.</summary>
internal static class AdminRoutes
{
    internal static IReadOnlyList<GatewayRoute> Build(SnapshotHolder snapshots, Desk desk, AdminAudit audit)
    {
        var routes = new List<GatewayRoute>();
        var (shelf, rights) = (new KeyShelf(desk), new KeyRights(desk));
        var (generate, update, info, list) = (new KeyGenerate(desk, shelf, rights), new KeyUpdate(desk, shelf, rights), new KeyInfo(desk, shelf, rights), new KeyList(desk));
        var (regenerate, delete) = (new KeyRegenerate(desk, shelf, rights), new KeyDelete(desk, rights));
        Post("/key/generate", "Makes a key; the answer is the only place that shows it", generate.GenerateAsync);
        Post("/key/service-account/generate", "Makes a key of a team that belongs to no user", generate.ServiceAccountAsync);
        Post("/key/update", "Changes a key", update.UpdateAsync);
        Post("/key/bulk_update", "Changes several keys", update.BulkAsync);
        Post("/key/delete", "Deletes keys, by key, hash or alias", delete.DeleteAsync);
        Post("/key/block", "Blocks a key", update.BlockAsync);
        Post("/key/unblock", "Unblocks a key", update.UnblockAsync);
        Post("/key/regenerate", "Gives a key another secret; the old one may live on for a grace_period", regenerate.RegenerateAsync);
        Post("/key/{key}/regenerate", "Gives a key another secret", regenerate.RegenerateAsync);
        Post("/key/{key}/reset_spend", "Sets what a key has spent", update.ResetSpendAsync);
        Read("/key/info", "One key, or the one that asks", info.InfoAsync);
        Post("/v2/key/info", "Several keys", info.InfosAsync, RouteKind.Info | RouteKind.Management);
        Read("/key/list", "Keys, in numbered pages", list.ListAsync);
        Read("/key/aliases", "Names of keys", list.AliasesAsync);

        var (teams, members, teamInfo) = (new TeamRoutes(desk, shelf), new TeamMemberRoutes(desk), new TeamInfo(desk));
        Post("/team/new", "Makes a team", teams.NewAsync);
        Post("/team/update", "Changes a team", teams.UpdateAsync);
        Post("/team/delete", "Deletes teams and their keys", teams.DeleteAsync);
        Post("/team/block", "Blocks a team: none of its keys may do anything", teams.BlockAsync);
        Post("/team/unblock", "Unblocks a team", teams.UnblockAsync);
        Post("/team/model/add", "Gives a team more models", teams.AddModelsAsync);
        Post("/team/model/delete", "Takes models from a team", teams.DeleteModelsAsync);
        Post("/team/permissions_update", "Says what members may do themselves", teams.SetPermissionsAsync);
        Post("/team/member_add", "Adds members to a team", members.AddAsync);
        Post("/team/bulk_member_add", "Adds many members to a team", members.BulkAddAsync);
        Post("/team/member_update", "Changes a member's role or limits", members.UpdateAsync);
        Post("/team/member_delete", "Takes a member out of a team, with its keys there", members.DeleteAsync);
        Read("/team/permissions_list", "What members may do themselves", teams.PermissionsAsync);
        Read("/team/info", "One team with its keys and members", teamInfo.InfoAsync);
        Read("/team/list", "Teams", teamInfo.ListAsync);
        Read("/v2/team/list", "Teams, in numbered pages", teamInfo.PageAsync);

        var users = new UserRoutes(desk, generate);
        Post("/user/new", "Makes an internal user and its key", users.NewAsync);
        Post("/user/update", "Changes an internal user", users.UpdateAsync);
        Post("/user/delete", "Deletes internal users and their keys", users.DeleteAsync);
        Read("/user/info", "One internal user with its keys and teams", users.InfoAsync);
        Read("/user/list", "Internal users, in numbered pages", users.ListAsync);

        var organizations = new OrganizationRoutes(desk);
        Post("/organization/new", "Makes an organization", organizations.NewAsync);
        Add("PATCH", "/organization/update", "Changes an organization", organizations.UpdateAsync, RouteKind.Management);
        Post("/organization/update", "Changes an organization", organizations.UpdateAsync);
        Add("DELETE", "/organization/delete", "Deletes organizations, their teams and keys", organizations.DeleteAsync, RouteKind.Management);
        Post("/organization/delete", "Deletes organizations, their teams and keys", organizations.DeleteAsync);
        Post("/organization/member_add", "Adds members to an organization", organizations.AddMemberAsync);
        Add("PATCH", "/organization/member_update", "Changes a member's role", organizations.UpdateMemberAsync, RouteKind.Management);
        Post("/organization/member_update", "Changes a member's role", organizations.UpdateMemberAsync);
        Add("DELETE", "/organization/member_delete", "Takes a member out of an organization", organizations.DeleteMemberAsync, RouteKind.Management);
        Post("/organization/member_delete", "Takes a member out of an organization", organizations.DeleteMemberAsync);
        Read("/organization/info", "One organization", organizations.InfoAsync);
        Read("/organization/list", "Organizations", organizations.ListAsync);

        var customers = new CustomerRoutes(desk);
        foreach (var root in (string[])["/customer", "/end_user"])
        {
            Post(root + "/new", "Makes an end user", customers.NewAsync);
            Post(root + "/update", "Changes an end user", customers.UpdateAsync);
            Post(root + "/delete", "Deletes end users", customers.DeleteAsync);
            Post(root + "/block", "Blocks end users", customers.BlockAsync);
            Post(root + "/unblock", "Unblocks end users", customers.UnblockAsync);
            Read(root + "/info", "One end user", customers.InfoAsync);
            Read(root + "/list", "End users", customers.ListAsync);
        }

        var budgets = new BudgetRoutes(desk);
        Post("/budget/new", "Makes a budget that others can refer to", budgets.NewAsync);
        Post("/budget/update", "Changes a budget", budgets.UpdateAsync);
        Post("/budget/info", "Several budgets", budgets.InfoAsync);
        Post("/budget/delete", "Deletes a budget", budgets.DeleteAsync);
        Read("/budget/list", "Budgets", budgets.ListAsync);
        Read("/budget/settings", "The fields of a budget", budgets.SettingsAsync);

        var tags = new TagRoutes(desk);
        Post("/tag/new", "Makes a tag, with a budget", tags.NewAsync);
        Post("/tag/update", "Changes a tag", tags.UpdateAsync);
        Post("/tag/delete", "Deletes a tag", tags.DeleteAsync);
        Post("/tag/info", "Several tags", tags.InfoAsync);
        Read("/tag/list", "Tags", tags.ListAsync);

        var groups = new AccessGroupRoutes(desk);
        Post("/v1/access_group", "Makes a named set of models", groups.NewAsync);
        Add("PUT", "/v1/access_group/{id}", "Changes a named set of models", groups.UpdateAsync, RouteKind.Management);
        Add("DELETE", "/v1/access_group/{id}", "Deletes a named set of models", groups.DeleteAsync, RouteKind.Management);
        Read("/v1/access_group/{id}", "One named set of models", groups.InfoAsync);
        Read("/v1/access_group", "Named sets of models", groups.ListAsync);
        return routes;

        void Post(string path, string summary, AdminHandler.Work work, RouteKind kind = RouteKind.Management) => Add("POST", path, summary, work, kind);
        void Read(string path, string summary, AdminHandler.Work work) => Add("GET", path, summary, work, RouteKind.Info | RouteKind.Management);
        void Add(string method, string path, string summary, AdminHandler.Work work, RouteKind kind) =>
            routes.Add(new GatewayRoute(method, path, summary, false, Keyed.Only(snapshots, new AskedRoute(kind, path), AdminHandler.Of(snapshots, method == "GET" ? work : audit.Of(path, work)))));
    }
}
