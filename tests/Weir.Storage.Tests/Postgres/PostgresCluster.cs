using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Storage.Tests.Postgres;

/// <summary>
/// A PostgreSQL server of this test run alone: made in a temporary folder, on a free port of this machine and on a socket file, and stopped and
/// deleted by a shell that watches this process, so that nothing stays when the tests are killed. Linked into other test projects.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    /// <summary>
    /// Takes its orders from standard input; when that ends, for whatever reason, the server ends with it. `fast` breaks connections off.
    /// </summary>
    private const string Keeper = """
        folder=$1; data=$1/data; run=$1/run; port=$2; bin=$3; server=
        stop() { [ -z "$server" ] || { kill -INT "$server"; wait "$server"; server=; }; }
        trap '' INT TERM HUP
        while read -r order; do
          case $order in
            start)
              "$bin/postgres" -D "$data" -k "$run" -p "$port" -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off \
                -c ssl=on -c max_connections=200 -c shared_buffers=32MB -c log_min_messages=fatal </dev/null >>"$run/log" 2>&1 &
              server=$! ;;
            stop) stop ;;
          esac
          echo "$order done"
        done
        stop
        rm -rf "$folder"
        """;

    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Process? _keeper;
    private int _databases;

    private PostgresCluster(string folder, int port, string password)
    {
        _folder = folder;
        Port = port;
        Password = password;
    }

    /// <summary>Of the address 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Of the user <c>weir</c>, who may do everything. It holds what a URL has to encode.</summary>
    public string Password { get; }

    /// <summary>Folder of the socket file.</summary>
    public string SocketFolder => Path.Combine(_folder, "run");

    /// <summary>The certificate with which it answers on 127.0.0.1.</summary>
    public string CertificateFile => Path.Combine(SocketFolder, "ca.pem");

    /// <summary>Makes and starts a server.</summary>
    public static async Task<PostgresCluster> StartNewAsync()
    {
        var cluster = new PostgresCluster(Directory.CreateTempSubdirectory("weir-pg-").FullName, FreePort(), "p@ss/w:rd%" + RandomNumberGenerator.GetHexString(16, lowercase: true));
        try
        {
            await cluster.MakeAsync();
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new, empty database.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"db_{Interlocked.Increment(ref _databases)}";
        await SqlAsync("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>The URL of a database, as a configuration has it.</summary>
    public string Url(string database, string parameters = "") =>
        $"postgresql://weir:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{database}{(parameters.Length == 0 ? "" : "?" + parameters)}";

    /// <summary>Runs statements with psql, past Weir's own driver.</summary>
    /// <returns>What it printed: rows as lines, columns parted by |.</returns>
    public async Task<string> SqlAsync(string database, string sql) =>
        (await RunAsync(Path.Combine(Bin, "psql"), ["-h", SocketFolder, "-p", $"{Port}", "-U", "weir", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", sql])).TrimEnd();

    /// <summary>Starts the server and waits until it answers.</summary>
    public async Task StartAsync()
    {
        await OrderAsync("start");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await SqlAsync("postgres", "SELECT 1");
                return;
            }
            catch (InvalidOperationException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>Stops it as an administrator would: connections break.</summary>
    public Task StopAsync() => OrderAsync("stop");

    public async ValueTask DisposeAsync()
    {
        if (_keeper is { } keeper)
        {
            keeper.StandardInput.Close();
            await keeper.WaitForExitAsync();
            keeper.Dispose();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        _turn.Dispose();
    }

    private static string Bin { get; } =
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .MaxBy(bin => int.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), out int version) ? version : 0)
        ?? throw new InvalidOperationException("no PostgreSQL server is installed; ./test installs the package postgresql");

    private async Task MakeAsync()
    {
        string data = Path.Combine(_folder, "data"), secret = Path.Combine(_folder, "run", "password");
        Directory.CreateDirectory(SocketFolder);
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(secret, Password);
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            // The server refuses to run as root, and its user has to come through this folder.
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            await RunAsync("chown", ["-R", "postgres:postgres", _folder]);
        }

        await RunAsync(Unprivileged(Path.Combine(Bin, "initdb"), "-D", data, "-U", "weir", "--pwfile", secret, "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8", "--auth-local", "trust", "--auth-host", "scram-sha-256"));

        // The role `app` proves itself on the socket file too.
        string rules = Path.Combine(data, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "local all app scram-sha-256\n" + await File.ReadAllTextAsync(rules));
        WriteCertificate(data);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["-R", "postgres:postgres", data]);
        }

        var command = Unprivileged("/bin/sh", "-c", Keeper, "keeper", _folder, $"{Port}", Bin);
        _keeper = Process.Start(Info(command[0], command[1..])) ?? throw new InvalidOperationException("the keeper of the server did not start");
    }

    /// <summary>For 127.0.0.1 and localhost, signed by itself.</summary>
    private void WriteCertificate(string data)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(data, "server.crt"), certificate.ExportCertificatePem());
        string file = Path.Combine(data, "server.key");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task OrderAsync(string order)
    {
        var keeper = _keeper ?? throw new InvalidOperationException("there is no server");
        await _turn.WaitAsync();
        try
        {
            await keeper.StandardInput.WriteLineAsync(order);
            await keeper.StandardInput.FlushAsync();
            string? answer = await keeper.StandardOutput.ReadLineAsync();
            if (answer != order + " done")
            {
                throw new InvalidOperationException($"the keeper of the server answered '{answer}'");
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string[] Unprivileged(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command] : command;

    private static Task<string> RunAsync(string[] command) => RunAsync(command[0], command[1..]);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(Info(program, arguments)) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {process.ExitCode}: {errors.Trim()}");
    }

    private static ProcessStartInfo Info(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/", Environment = { ["LC_ALL"] = "C" },
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
