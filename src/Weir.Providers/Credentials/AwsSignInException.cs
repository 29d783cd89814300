namespace Weir.Providers.Credentials;

/// <summary>A step on the way to AWS keys failed. The message is for a person and holds no secret.</summary>
internal sealed class AwsSignInException(string message, string? code = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>AWS's own word for it.</summary>
    public string? Code => code;
}
