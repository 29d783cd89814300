namespace Weir.Gateway.Pipeline.Uploads;

/// <summary>
/// Where forms with files lie while they are served, one nameless file each: where the system can, a file loses its name as soon as it is open,
/// elsewhere the system deletes it when its handle closes. So none outlives its request, or the process; what a crash between the two steps
/// left behind is deleted at the next start.
/// </summary>
internal sealed class UploadFolder
{
    private const string Beginning = "weir-upload-";
    private const string Ending = ".tmp";

    private readonly string _path;

    /// <summary>Uses the folder, which is made when the first upload comes, and clears it of what an earlier process left.</summary>
    internal UploadFolder(string path)
    {
        _path = path;
        if (!Directory.Exists(path))
        {
            return;
        }
        foreach (var file in Directory.EnumerateFiles(path, Beginning + "*" + Ending))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException)
            {
                // Another process uses it right now, and deletes it itself.
                continue;
            }
        }
    }

    /// <summary>Makes a file that nobody else can open.</summary>
    /// <exception cref="IOException">The folder can't be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    internal FileStream Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_path);
        }
        else
        {
            Directory.CreateDirectory(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var name = Path.Combine(_path, $"{Beginning}{Guid.NewGuid():N}{Ending}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (OperatingSystem.IsWindows())
        {
            options.Options |= FileOptions.DeleteOnClose;
            return new FileStream(name, options);
        }
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(name, options);
        try
        {
            File.Delete(name);
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
        return file;
    }
}
