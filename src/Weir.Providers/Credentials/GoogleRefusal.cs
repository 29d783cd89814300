namespace Weir.Providers.Credentials;

/// <summary>A token endpoint said no, or something that is no token. Never leaves the credential: <see cref="GoogleFault"/> makes a value of it.</summary>
internal sealed class GoogleRefusal(int status, string? code, string message) : Exception(message)
{
    /// <summary>HTTP status; 0 when the answer was one of success.</summary>
    public int Status => status;

    /// <summary>OAuth's error code (<c>invalid_grant</c>) or Google's status (<c>PERMISSION_DENIED</c>).</summary>
    public string? Code => code;
}
