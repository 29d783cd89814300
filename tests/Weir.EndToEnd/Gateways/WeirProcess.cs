using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Weir.EndToEnd.Gateways;

/// <summary>The executable <c>weir</c> as a child process, in a folder of its own, on a free port of 127.0.0.1.</summary>
internal sealed class WeirProcess : IAsyncDisposable
{
    public const string MasterKey = "sk-end-to-end-0123456789";

    private const string Greeting = "Weir listens on ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;
    private readonly string _folder;

    private WeirProcess(Process process, ConcurrentQueue<string> output, string folder, Uri address)
    {
        _process = process;
        _output = output;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>Everything printed so far, both streams.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>The folder that holds the config file and, by default, the ledger.</summary>
    public string Folder => _folder;

    /// <summary>Starts the gateway and waits until it says where it listens.</summary>
    public static Task<WeirProcess> StartAsync(string yaml, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken) =>
        StartAsync(yaml, environment, [], cancellationToken);

    /// <summary>The same with further flags.</summary>
    public static async Task<WeirProcess> StartAsync(
        string yaml, IReadOnlyDictionary<string, string>? environment, IReadOnlyList<string> flags, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("weir-e2e-").FullName;
        var config = Path.Combine(folder, "config.yaml");
        await File.WriteAllTextAsync(config, yaml, new UTF8Encoding(false), cancellationToken);
        var start = Command(folder, environment, ["serve", "--config", config, "--port", "0", "--host", "127.0.0.1", .. flags]);
        var output = new ConcurrentQueue<string>();
        var greeted = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Read(e.Data, output, greeted);
        process.ErrorDataReceived += (_, e) => Read(e.Data, output, greeted);
        process.Exited += (_, _) => greeted.TrySetException(new InvalidOperationException("weir ended before it listened"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var address = await greeted.Task.WaitAsync(StartLimit, cancellationToken);
            return new WeirProcess(process, output, folder, address);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            Directory.Delete(folder, recursive: true);
            throw new InvalidOperationException($"{e.Message}; it printed:\n{string.Join('\n', output)}\nfor:\n{yaml}", e);
        }
    }

    /// <summary>The folder of the solution.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Weir.slnx.");
    }

    /// <summary>Runs a command that ends by itself, such as <c>check</c>.</summary>
    public static async Task<(int Exit, string Output)> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Command(Path.GetTempPath(), environment, arguments))
            ?? throw new InvalidOperationException("weir did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    public async Task<int> StopAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ProcessStartInfo Command(string folder, IReadOnlyDictionary<string, string>? environment, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Executable());
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A setting of the person who runs the tests must not reach the gateway under test.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LITELLM_MASTER_KEY"] = MasterKey;
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>The executable that was built beside these tests, in the same configuration.</summary>
    private static string Executable()
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release" : "Debug";
        return Path.Combine(RepositoryRoot(), "src", "Weir.Server", "bin", configuration, "net10.0", "weir.dll");
    }

    private static bool IsForeign(string name) =>
        name.StartsWith("LITELLM_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("AZURE_", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("_API_KEY", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)
        || name is "DATABASE_URL" or "PROXY_MASTER_KEY" or "CONFIG_FILE_PATH" or "PORT" or "HOST" or "SERVER_ROOT_PATH";

    private static void Read(string? line, ConcurrentQueue<string> output, TaskCompletionSource<Uri> greeted)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        if (line.StartsWith(Greeting, StringComparison.Ordinal) && Uri.TryCreate(line[Greeting.Length..].Trim(), UriKind.Absolute, out var address))
        {
            greeted.TrySetResult(address);
        }
    }
}
