using System.Net;
using System.Net.Sockets;

namespace Weir.Server.Tests.Cli;

/// <summary>Starts that must not happen say why, and what to do.</summary>
public sealed class ServeRefusalTests
{
    // Nobody listens there: a start needs no upstream.
    private const string Nowhere = "http://127.0.0.1:9/v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_to_serve_names_the_ways_and_ends_with_2()
    {
        using var folder = new Scratch();

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, null, Token);

        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.Contains("--config FILE", error, StringComparison.Ordinal);
        Assert.Contains("weir demo", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.yaml", "missing.yaml")]
    [InlineData(".", ".")]
    [InlineData("/proc/self/mem", "/proc/self/mem")]
    public async Task A_file_that_can_not_be_read_is_named_and_ends_with_1(string file, string named)
    {
        using var folder = new Scratch();

        var served = await WeirRun.ToEndAsync(folder, null, Token, "--config", file, "--port", "0", "--host", "127.0.0.1");
        var check = await WeirRun.ToEndAsync(folder, null, Token, "check", file);

        Assert.Equal((1, ""), (served.Exit, served.Out));
        Assert.Contains(named, served.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was started", served.Error, StringComparison.Ordinal);
        Assert.Equal(1, check.Exit);
        Assert.Contains(named, check.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", served.Error + check.Out + check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_option_is_named_and_ends_with_a_failure()
    {
        using var folder = new Scratch();

        var (exit, _, error) = await WeirRun.ToEndAsync(folder, null, Token, "serve", "--prot", "4000");

        Assert.NotEqual(0, exit);
        Assert.Contains("--prot", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", null)]
    [InlineData("0.0.0.0", "sk-1234")]
    [InlineData("::", "")]
    [InlineData(null, "sk-1234")]
    public async Task A_weak_or_unset_key_is_refused_beyond_loopback(string? host, string? key)
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", key is null ? Texts.Keyless(Nowhere) : Texts.Config("parrot", Nowhere, $"\"{key}\""));
        string[] arguments = ["--config", "config.yaml", "--port", "0", .. host is null ? Array.Empty<string>() : ["--host", host]];

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, null, Token, arguments);

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("master key", error, StringComparison.Ordinal);
        Assert.Contains("LITELLM_MASTER_KEY", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_said_without_a_stack()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, null, Token, "--config", "config.yaml", "--host", "127.0.0.1", "--port", port);

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("can't start", error, StringComparison.Ordinal);
        Assert.Contains(port, error, StringComparison.Ordinal);
        Assert.Contains("in use", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_one_in_the_same_data_folder_is_refused()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        await using var first = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        await first.ListensAsync(Token);

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, null, Token, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("another process uses the journal", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync("TERM", Token));
    }

    [Theory]
    [InlineData("--ssl_certfile_path", "cert.pem")]
    [InlineData("--ssl_certfile_path", "cert.pem", "--ssl_keyfile_path", "missing.pem")]
    [InlineData("--host", "gateway.invalid")]
    public async Task A_start_option_that_can_not_work_is_explained(params string[] arguments)
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        folder.Write("cert.pem", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, null, Token, ["--config", "config.yaml", "--port", "0", .. arguments]);

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("weir: can't start: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
