namespace Weir.Providers.Credentials;

/// <summary>
/// Keys out of the shared credentials file (<c>~/.aws/credentials</c>). Profiles that only say how to get keys (roles, single sign-on, helper
/// programs) are not followed: in a server that is what the deployment's own words and the environment are for.
/// </summary>
internal static class AwsProfile
{
    /// <summary>The keys of the profile <paramref name="name"/>; null, and the reason, when there are none.</summary>
    public static AwsKeys? Read(string name, Func<string, string?> variable, out string? problem)
    {
        var home = variable("HOME") ?? variable("USERPROFILE");
        var path = variable("AWS_SHARED_CREDENTIALS_FILE") ?? (string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".aws", "credentials"));
        problem = null;
        if (path is null || !File.Exists(path))
        {
            problem = $"The AWS profile `{name}` is not there: {path ?? "~/.aws/credentials"} does not exist. Set AWS_SHARED_CREDENTIALS_FILE to the file.";
            return null;
        }
        try
        {
            var values = Section(File.ReadLines(path), name);
            if (values.TryGetValue("aws_access_key_id", out var id) && values.TryGetValue("aws_secret_access_key", out var secret))
            {
                return new(id, new(secret)) { SessionToken = values.TryGetValue("aws_session_token", out var token) ? new(token) : null };
            }
            problem = $"The AWS profile `{name}` in {path} has no aws_access_key_id and aws_secret_access_key; roles and single sign-on of profiles are not followed: use aws_role_name.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"The AWS credentials file {path} can't be read: {e.Message}";
        }
        return null;
    }

    private static Dictionary<string, string> Section(IEnumerable<string> lines, string name)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var inside = false;
        foreach (var raw in lines)
        {
            var line = raw.Trim();
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                var title = line[1..^1].Trim();
                inside = title == name || title == "profile " + name;
            }
            else if (inside && !line.StartsWith('#') && !line.StartsWith(';') && line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                values[line[..at].Trim()] = line[(at + 1)..].Trim();
            }
        }
        return values;
    }
}
