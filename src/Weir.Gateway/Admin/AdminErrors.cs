using Weir.Gateway.Errors;

namespace Weir.Gateway.Admin;

/// <summary>What LiteLLM's management routes say when they refuse.</summary>
internal static class AdminErrors
{
    /// <summary>The request can't be carried out as it is.</summary>
    internal static GatewayException Bad(string message, string? param = null, int status = 400) =>
        new(new GatewayError(ErrorKind.InvalidMember, message) { Param = param ?? "None", Status = status, Type = "bad_request_error" });

    /// <summary>There is no such thing.</summary>
    internal static GatewayException Missing(string message, string? param = null) =>
        new(new GatewayError(ErrorKind.UnknownId, message) { Param = param ?? "None", Type = "not_found_error" });

    /// <summary>Only administrators may.</summary>
    internal static GatewayException AdminsOnly(AdminCall call) => new(new GatewayError(ErrorKind.RoleDenied,
        "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. " +
        $"Route={call.Http.Request.Path.Value}. Your role={Access.CallerRoles.WordOf(call.Caller.Role)}. Your user_id={Masked(call.Caller.UserId)}") { Param = "None" });

    /// <summary>Not this one.</summary>
    internal static GatewayException Forbidden(string message) =>
        new(new GatewayError(ErrorKind.RoleDenied, message) { Param = "None", Status = 403 });

    private static string Masked(string? id) => id switch
    {
        null => "unknown",
        { Length: <= 4 } => "***",
        { Length: <= 8 } => new string('*', id.Length),
        _ => $"{id[..6]}{new string('*', id.Length - 8)}{id[^2..]}",
    };
}
