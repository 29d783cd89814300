namespace Weir.Gateway.Errors;

/// <summary>A failure as the caller is told of it.</summary>
/// <param name="Kind">What failed; decides status and type.</param>
/// <param name="Message">For the caller. Holds no secret: upstream text is redacted where it is read.</param>
internal sealed record GatewayError(ErrorKind Kind, string Message)
{
    /// <summary><c>error.param</c>.</summary>
    internal string? Param { get; init; }

    /// <summary>Status to send instead of the kind's own: an upstream's 5xx passes as it is.</summary>
    internal int? Status { get; init; }

    /// <summary><c>error.type</c> to send instead of the kind's own.</summary>
    internal string? Type { get; init; }

    /// <summary>Sent as <c>retry-after</c>, whole seconds rounded up.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Raw JSON object, sent as <c>provider_specific_fields</c>.</summary>
    internal ReadOnlyMemory<byte> ProviderFields { get; init; }

    /// <summary>Which limit refused (<c>rate_limit_type</c> header), for 429s.</summary>
    internal string? LimitType { get; init; }

    /// <summary>When the limit has room again (<c>reset_at</c> header), for 429s.</summary>
    internal string? ResetAt { get; init; }

    /// <summary>The status sent.</summary>
    internal int HttpStatus => Status ?? ErrorCatalog.Of(Kind).Status;

    /// <summary>The type sent.</summary>
    internal string? WireType => Type ?? ErrorCatalog.Of(Kind).Type;
}

/// <summary>The one exception that crosses to HTTP.</summary>
internal sealed class GatewayException(GatewayError error, Exception? cause = null) : Exception(error.Message, cause)
{
    /// <summary>What the caller is told.</summary>
    internal GatewayError Error => error;
}
