using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Teams;

/// <summary>Who may do what with which team.</summary>
internal static class TeamRights
{
    /// <summary>What every member may do with its own keys of the team, where the team says nothing else (LiteLLM's default).</summary>
    private static readonly string[] UsualPermissions = ["/key/info", "/key/health"];

    /// <summary>Whether the caller manages a team: as its administrator, as one of its organisation, or, for one thing, as a member whom the team lets.</summary>
    /// <param name="desk">The directory.</param>
    /// <param name="call">Who asks.</param>
    /// <param name="teamId">Of which team.</param>
    /// <param name="memberPermission">The route that a member may call when the team's <c>team_member_permissions</c> name it; null for none.</param>
    internal static async ValueTask<bool> ManagesAsync(Desk desk, AdminCall call, string teamId, string? memberPermission)
    {
        if (call.IsAdmin)
        {
            return true;
        }
        if (call.Caller.UserId is not { } user || await desk.FindAsync(DirectoryKind.Team, teamId, call.Aborted) is not { } team)
        {
            return false;
        }
        if (team.Text("organization_id") is { } organization && await IsOrgAdminAsync(desk, user, organization, call.Aborted))
        {
            return true;
        }
        return RoleIn(team, user) switch
        {
            "admin" => true,
            "user" when memberPermission is not null => (team.Find("team_member_permissions") is null ? UsualPermissions : team.Texts("team_member_permissions")).Contains(memberPermission, StringComparer.Ordinal),
            _ => false,
        };
    }

    /// <summary>The role of a user in a team; null when it is no member.</summary>
    internal static string? RoleIn(EntryFields team, string userId)
    {
        if (team.Find("members_with_roles") is { ValueKind: JsonValueKind.Array } members)
        {
            foreach (var item in members.EnumerateArray())
            {
                var member = new EntryFields(item);
                if (member.Text("user_id") == userId)
                {
                    return member.Text("role") ?? "user";
                }
            }
        }
        return null;
    }

    /// <summary>Whether a user administers an organisation.</summary>
    internal static async ValueTask<bool> IsOrgAdminAsync(Desk desk, string userId, string organizationId, CancellationToken cancellationToken)
    {
        if (await desk.FindAsync(DirectoryKind.Organization, organizationId, cancellationToken) is { } organization && organization.Find("members") is { ValueKind: JsonValueKind.Array } members)
        {
            foreach (var item in members.EnumerateArray())
            {
                var member = new EntryFields(item);
                if (member.Text("user_id") == userId && CallerRoles.Of(member.Text("user_role")) == CallerRole.OrgAdmin)
                {
                    return true;
                }
            }
        }
        return false;
    }
}
