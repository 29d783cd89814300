using System.Text.Json;
using Weir.Gateway.Audit;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Admin;

/// <summary>Writes down what is asked of the management API before it is done, and what became of it before the answer leaves.</summary>
/// <param name="trail">Where it is written; arguments are masked there.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminAudit(IAuditTrail trail, TimeProvider time)
{
    // What a change is about, the nearest first. A key's own value is never a target: its hash or alias is.
    private static readonly string[] Targets = ["token", "key_alias", "team_id", "team_alias", "user_id", "user_email", "organization_id", "budget_id", "name", "access_group_name"];

    /// <summary>The same work, audited.</summary>
    /// <param name="route">Pattern of the route.</param>
    /// <param name="work">What it does.</param>
    internal AdminHandler.Work Of(string route, AdminHandler.Work work) => async call =>
    {
        var asked = new AuditEvent
        {
            At = time.GetUtcNow(),
            Kind = AuditKind.Admin,
            Action = $"{call.Http.Request.Method} {route}",
            State = AuditState.Proposed,
            CallId = CallIds.Of(call.Http),
            KeyHash = call.Caller.KeyHash,
            KeyAlias = call.Caller.Alias,
            Team = call.Caller.TeamId ?? "",
            User = call.Actor,
            Target = TargetOf(call),
            Arguments = call.Body.ValueKind == JsonValueKind.Object ? call.Body.GetRawText() : "",
        };
        await trail.AppendAsync(asked, CancellationToken.None);
        try
        {
            var answer = await work(call);
            await EndAsync(asked, AuditState.Executed, 200);
            return answer;
        }
        catch (GatewayException refused)
        {
            await EndAsync(asked, refused.Error.HttpStatus is 401 or 403 ? AuditState.Denied : AuditState.Failed, refused.Error.HttpStatus);
            throw;
        }
        catch (Exception error) when (error is not Ledger.LedgerFullException)
        {
            // Not handled here: whoever answers says what it was.
            await EndAsync(asked, AuditState.Failed, 0);
            throw;
        }
    };

    private ValueTask EndAsync(AuditEvent asked, AuditState state, int status) =>
        trail.AppendAsync(asked with { At = time.GetUtcNow(), State = state, Status = status, Arguments = "" }, CancellationToken.None);

    private static string TargetOf(AdminCall call)
    {
        foreach (var name in Targets)
        {
            if (call.Fields.Text(name) is { Length: > 0 } text)
            {
                return text;
            }
        }
        return "";
    }
}
