namespace Weir.Providers.Credentials;

/// <summary>What a request is signed with.</summary>
/// <param name="AccessKeyId">Names the key; it is no secret, but identifies an account.</param>
/// <param name="SecretAccessKey">Signs.</param>
public sealed record AwsKeys(string AccessKeyId, Secret SecretAccessKey)
{
    /// <summary>Goes along with keys that were handed out for a time.</summary>
    public Secret? SessionToken { get; init; }

    /// <summary>When they stop working; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
