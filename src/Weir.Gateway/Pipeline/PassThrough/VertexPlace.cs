namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>What a path of Vertex AI says of where: <c>/v1/projects/P/locations/L/...</c>.</summary>
/// <param name="Version">The API's version, as <c>v1beta1</c>.</param>
/// <param name="Project">The project.</param>
/// <param name="Location">The location.</param>
internal readonly record struct VertexPlace(string? Version, string? Project, string? Location)
{
    /// <summary>Reads it. A location that could be part of another host's name is refused.</summary>
    internal static VertexPlace In(string path)
    {
        var parts = path.TrimStart('/').Split('/');
        var version = parts[0].StartsWith('v') && parts[0].Length > 1 && char.IsAsciiDigit(parts[0][1]) ? parts[0] : null;
        var rest = version is null ? parts : parts[1..];
        if (rest is not ["projects", var project, "locations", var location, ..])
        {
            return new(version, rest is ["projects", var alone, ..] ? alone : null, null);
        }
        return location.Length is > 0 and <= 32 && location.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? new(version, project, location) : throw PassThroughCall.Refuse("The path names no location that Vertex AI could have.");
    }
}
