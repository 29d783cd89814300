namespace Weir.House;

/// <summary>The public surface is a promise: it changes only together with its committed text.</summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("Weir.Providers")]
    [InlineData("Weir.Gateway")]
    [InlineData("Weir.Storage")]
    [InlineData("Weir.TestKit")]
    public void The_public_surface_is_what_is_written_down(string project)
    {
        var committed = Repo.Full($"docs/reference/public-api/{project}.txt");
        var compiled = PublicSurface.Read(Repo.Assembly(project));
        if (Environment.GetEnvironmentVariable("WEIR_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(committed) ?? Repo.Root);
            File.WriteAllText(committed, compiled);
        }

        Assert.True(File.Exists(committed), $"{committed} is missing; write it with WEIR_UPDATE_GOLDEN=1 ./test --only House");
        var written = File.ReadAllLines(committed);
        var now = compiled.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var changes = now.Except(written).Select(line => "+ " + line).Concat(written.Except(now).Select(line => "- " + line));
        Assert.True(now.SequenceEqual(written), "The public surface changed (WEIR_UPDATE_GOLDEN=1 ./test --only House writes it down):\n" + string.Join('\n', changes));
    }
}
