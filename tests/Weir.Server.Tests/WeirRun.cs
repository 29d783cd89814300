using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Weir.Server.Tests;

/// <summary>The built executable as a child process, started as a user types it, in a folder of its own.</summary>
internal sealed class WeirRun : IAsyncDisposable
{
    public const string Key = "sk-server-tests-0123456789";

    private const string Greeting = "Weir listens on ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _out = new();
    private readonly ConcurrentQueue<string> _error = new();
    private readonly TaskCompletionSource<Uri> _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _gate = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _awaited = [];

    private WeirRun(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data, _out);
        _process.ErrorDataReceived += (_, e) => Read(e.Data, _error);
        _process.Exited += (_, _) => _listens.TrySetException(new InvalidOperationException("weir ended before it listened"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Standard output so far.</summary>
    public string Out => string.Join('\n', _out);

    /// <summary>Standard error so far.</summary>
    public string Error => string.Join('\n', _error);

    /// <summary>Starts <c>weir ARGUMENTS</c>.</summary>
    /// <param name="folder">Working folder.</param>
    /// <param name="environment">Variables on top of a clean environment.</param>
    /// <param name="arguments">What the user types.</param>
    public static WeirRun Start(Scratch folder, IReadOnlyDictionary<string, string>? environment, params ReadOnlySpan<string> arguments) =>
        new(Command(folder, environment, "dotnet", [Dll, .. arguments]));

    /// <summary>Runs a program that ends by itself.</summary>
    public static async Task<(int Exit, string Out, string Error)> ToEndAsync(
        Scratch folder, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var run = Start(folder, environment, arguments);
        return (await run.ExitAsync(cancellationToken), run.Out, run.Error);
    }

    /// <summary>Runs another program than weir, in the same clean environment.</summary>
    public static async Task<(int Exit, string Out, string Error)> ProgramAsync(
        Scratch folder, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var run = new WeirRun(Command(folder, null, program, [.. arguments]));
        return (await run.ExitAsync(cancellationToken), run.Out, run.Error);
    }

    /// <summary>The executable that was built with these tests, in the same configuration.</summary>
    public static string Dll
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                ? "Release" : "Debug";
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
                {
                    return Path.Combine(folder.FullName, "src", "Weir.Server", "bin", configuration, "net10.0", "weir.dll");
                }
            }

            throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Weir.slnx.");
        }
    }

    /// <summary>Completes when it says where it listens.</summary>
    public async Task<Uri> ListensAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _listens.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException)
        {
            throw new InvalidOperationException($"{error.Message}; it printed:\n{Out}\n{Error}", error);
        }
    }

    /// <summary>Completes with the first line, of either stream, that holds <paramref name="text"/>.</summary>
    public async Task<string> PrintsAsync(string text, CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_out.Concat(_error).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } printed)
            {
                return printed;
            }

            _awaited.Add((text, seen));
        }

        return await seen.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }

    /// <summary>A client of it, with the master key.</summary>
    public async Task<HttpClient> ClientAsync(CancellationToken cancellationToken, string key = Key)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = await ListensAsync(cancellationToken) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    /// <summary>Waits for the end; both streams are then complete.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public async Task<int> StopAsync(string signal, CancellationToken cancellationToken)
    {
        await SignalAsync(signal, cancellationToken);
        return await ExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Command(Scratch folder, IReadOnlyDictionary<string, string>? environment, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Only what a process needs to run: nobody's settings may reach it.
        var needed = start.Environment.Where(v => v.Key is "PATH" or "HOME" or "TMPDIR" or "LANG" || v.Key.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in needed)
        {
            start.Environment[name] = value;
        }

        start.Environment["WEIR_DRAIN_SECONDS"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Read(string? line, ConcurrentQueue<string> lines)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            lines.Enqueue(line);
            foreach (var (_, seen) in _awaited.Where(awaited => line.Contains(awaited.Text, StringComparison.Ordinal)))
            {
                seen.TrySetResult(line);
            }
        }

        if (line.StartsWith(Greeting, StringComparison.Ordinal) && Uri.TryCreate(line[Greeting.Length..].Trim(), UriKind.Absolute, out var address))
        {
            _listens.TrySetResult(address);
        }
    }
}
