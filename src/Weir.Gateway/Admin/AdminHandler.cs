using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Endpoints;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Admin;

/// <summary>Makes a handler of what a management route does: who asks, from where, what the body says, and how a refusal is told.</summary>
internal static class AdminHandler
{
    private const int MostBytes = 4 << 20;

    /// <summary>What a route answers with.</summary>
    internal delegate Task<Action<Utf8JsonWriter>> Work(AdminCall call);

    internal static RequestDelegate Of(SnapshotHolder snapshots, Work work) => async http =>
    {
        var config = snapshots.Current.Config;
        try
        {
            RefuseForeignPages(http.Request);
            var caller = Keyed.CallerOf(http) ?? throw new InvalidOperationException("nobody was admitted");
            if (caller.Role != CallerRole.ProxyAdmin && config.Access.AdminOnlyRoutes.Contains(http.Request.Path.Value, StringComparer.Ordinal))
            {
                throw AdminErrors.Forbidden($"user not allowed to access this route. Route={http.Request.Path.Value} is an admin only route");
            }
            var answer = await work(new AdminCall(http, caller, config.Access, await BodyOfAsync(http)));
            await JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, answer);
        }
        catch (FieldsException wrong)
        {
            await JsonAnswer.WriteAsync(http, StatusCodes.Status422UnprocessableEntity, wrong.Write);
        }
        catch (GatewayException refused)
        {
            await ErrorWriter.WriteAsync(http, refused.Error, "", false);
        }
        catch (DirectoryConflictException conflict)
        {
            await ErrorWriter.WriteAsync(http, Told(conflict), "", false);
        }
        catch (LedgerFullException)
        {
            await ErrorWriter.WriteAsync(http, new GatewayError(ErrorKind.LedgerFull, "The gateway can't write changes down at the moment and so makes none; see its log.") { RetryAfter = TimeSpan.FromSeconds(1) }, "", false);
        }
        catch (NotSupportedException unserved)
        {
            await ErrorWriter.WriteAsync(http, new GatewayError(ErrorKind.UnsupportedOperation, unserved.Message) { Status = 501 }, "", false);
        }
        catch (Exception error) when (error is System.Data.Common.DbException or IOException or TimeoutException)
        {
            await ErrorWriter.WriteAsync(http, new GatewayError(ErrorKind.DirectoryUnavailable, "No connected db."), "", false);
        }
    };

    /// <summary>A page of another origin may not change anything, whatever key it has got hold of.</summary>
    private static void RefuseForeignPages(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return;
        }
        var origin = request.Headers.Origin.ToString();
        var own = origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
        if (!own || request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
        {
            throw AdminErrors.Forbidden("Requests of pages of another origin change nothing here.");
        }
    }

    private static async ValueTask<JsonElement> BodyOfAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method))
        {
            return default;
        }
        using var body = await RequestBody.ReadAsync(http.Request, MostBytes, http.RequestAborted);
        if (body.Length == 0)
        {
            return default;
        }
        try
        {
            var root = JsonElement.Parse(body.Memory.Span, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            return root.ValueKind == JsonValueKind.Object ? root
                : throw new FieldsException(new FieldProblem("model_attributes_type", "body", "", "Input should be a valid dictionary or object to extract fields from", root));
        }
        catch (JsonException broken)
        {
            throw new FieldsException(new FieldProblem("json_invalid", "body", "", "JSON decode error: " + broken.Message, null));
        }
    }

    private static GatewayError Told(DirectoryConflictException conflict) => conflict.Conflict switch
    {
        DirectoryConflict.AliasTaken when conflict.Kind == DirectoryKind.Key =>
            Conflict($"Key with alias '{conflict.Id}' already exists. Unique key aliases across all keys are required.", "key_alias"),
        DirectoryConflict.AliasTaken => Conflict($"{conflict.Kind} with the name '{conflict.Id}' already exists.", null),
        DirectoryConflict.IdTaken when conflict.Kind == DirectoryKind.Team => Conflict($"Team id = {conflict.Id} already exists. Please use a different team id.", "team_id"),
        DirectoryConflict.IdTaken => Conflict($"{conflict.Kind} '{conflict.Id}' already exists.", null),
        DirectoryConflict.Missing => new GatewayError(ErrorKind.UnknownId, $"{conflict.Kind} '{conflict.Id}' does not exist.") { Param = "None", Type = "not_found_error" },
        _ => new GatewayError(ErrorKind.InvalidMember, $"{conflict.Kind} '{conflict.Id}' is being changed by somebody else. Try again.") { Status = 409, Param = "None", Type = "bad_request_error" },
    };

    private static GatewayError Conflict(string message, string? param) =>
        new(ErrorKind.InvalidMember, message) { Param = param ?? "None", Type = "bad_request_error" };
}
