using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>
/// What is said of an id that names nothing here: never handed out, damaged, deleted, or another owner's. It is the same for all of them,
/// in OpenAI's words.
/// </summary>
internal static class UnknownIds
{
    private const int LongestTold = 512;

    /// <summary>The error for a path that names an unknown thing.</summary>
    internal static GatewayException Of(KeptKind kind, string id) => new(kind switch
    {
        KeptKind.Response => new GatewayError(ErrorKind.UnknownId, $"Response with id '{Told(id)}' not found."),
        KeptKind.File => new GatewayError(ErrorKind.UnknownId, $"No such File object: {Told(id)}") { Param = "id" },
        KeptKind.Conversation => new GatewayError(ErrorKind.UnknownId, $"Conversation with id '{Told(id)}' not found."),
        KeptKind.Upload => new GatewayError(ErrorKind.UnknownId, $"No such Upload object: {Told(id)}") { Param = "id" },
        _ => new GatewayError(ErrorKind.UnknownId, $"No batch found with id '{Told(id)}'."),
    });

    /// <summary>An id as it is repeated to its caller: cut when no id is that long.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(id))]
    internal static string? Told(string? id) => id is { Length: > LongestTold } ? id[..LongestTold] + "…" : id;
}
