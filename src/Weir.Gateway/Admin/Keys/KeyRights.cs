using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Teams;

namespace Weir.Gateway.Admin.Keys;

/// <summary>Who may do what with which key.</summary>
internal sealed class KeyRights(Desk desk)
{
    private static readonly string[] OwnersMayName = ["key_alias"];

    /// <summary>
    /// Whether the caller may change a key: an administrator every one, an administrator of the key's team (or of its organisation) those of the
    /// team, an internal user its own. What somebody else has laid down for a key, its user can't take back: such a key it may only rename.
    /// </summary>
    /// <param name="call">Who asks.</param>
    /// <param name="key">The key as it is.</param>
    /// <param name="fields">What is to be changed.</param>
    internal async ValueTask RequireChangeAsync(AdminCall call, EntryFields key, IEnumerable<string> fields)
    {
        if (await ManagesAsync(call, key))
        {
            return;
        }
        var owns = call.Caller.Role == CallerRole.InternalUser && call.Caller.UserId is { } user && key.Text("user_id") == user
            && (key.Text("team_id") is not { } team || await TeamRights.ManagesAsync(desk, call, team, memberPermission: call.Http.Request.Path.Value));
        if (!owns)
        {
            throw AdminErrors.AdminsOnly(call);
        }
        if (key.Text("created_by") != call.Caller.UserId && fields.Except(OwnersMayName, StringComparer.Ordinal).FirstOrDefault() is { } field)
        {
            throw AdminErrors.Forbidden($"This key was made for you by somebody else: only an administrator changes its {field}.");
        }
    }

    /// <summary>Only an administrator, or one of the key's team, goes on.</summary>
    internal async ValueTask RequireManagerAsync(AdminCall call, EntryFields key)
    {
        if (!await ManagesAsync(call, key))
        {
            throw AdminErrors.AdminsOnly(call);
        }
    }

    private async ValueTask<bool> ManagesAsync(AdminCall call, EntryFields key) =>
        call.IsAdmin || (key.Text("team_id") is { } team && await TeamRights.ManagesAsync(desk, call, team, null));

    /// <summary>Whether the caller may look at a key: it itself, its owner, its team's administrators, and those who see everything.</summary>
    internal async ValueTask<bool> SeesAsync(AdminCall call, string token, EntryFields key) =>
        call.SeesAll || call.Caller.KeyHash == token
        || (call.Caller.UserId is { } user && key.Text("user_id") == user)
        || (key.Text("team_id") is { } team && await TeamRights.ManagesAsync(desk, call, team, null));

    /// <summary>Whether the caller may make a key for a user and a team; fills in the caller's own user where none is named.</summary>
    internal async ValueTask RequireNewAsync(AdminCall call, EntryDocument key)
    {
        var fields = key.Fields;
        var (user, team) = (fields.Text("user_id"), fields.Text("team_id"));
        if (call.IsAdmin)
        {
            return;
        }
        if (call.Caller.UserId is not { } self || call.Caller.Role is CallerRole.ProxyAdminViewer or CallerRole.InternalUserViewer or CallerRole.Customer)
        {
            throw AdminErrors.AdminsOnly(call);
        }
        if (team is not null)
        {
            var own = user is null || user == self;
            if (!await TeamRights.ManagesAsync(desk, call, team, memberPermission: own ? "/key/generate" : null))
            {
                throw AdminErrors.Forbidden($"User={self} is not assigned to team={team}, or may not make keys for it.");
            }
        }
        else if (user is not null && user != self)
        {
            throw AdminErrors.Forbidden($"User can only create keys for themselves. Got user_id={user}, Your ID={self}");
        }
        if (fields.Text("organization_id") is { } organization && organization != call.Caller.OrganizationId)
        {
            throw AdminErrors.Forbidden($"Only an administrator makes keys for the organization {organization}.");
        }
        if (user is null && team is null)
        {
            key.Set("user_id", self);
        }
    }
}
