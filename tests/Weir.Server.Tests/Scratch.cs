using System.Text;

namespace Weir.Server.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("weir-server-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file in one step, so that a watcher never sees half of it. Returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        File.WriteAllText(path + ".new", text, new UTF8Encoding(false));
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
