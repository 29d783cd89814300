using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.TestKit;

namespace Weir.Server.Tests.Cli;

/// <summary>Starts that work, as users of LiteLLM type them.</summary>
public sealed class ServeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--config", "config.yaml", "--port", "0")]
    [InlineData("serve", "-c", "config.yaml", "--port", "0")]
    [InlineData("serve", "--config", "config.yaml", "--port=0", "--host", "127.0.0.1")]
    [InlineData("--config=config.yaml", "--host=localhost", "--port=0", "--debug")]
    [InlineData("--config", "config.yaml", "--host", "127.0.0.1", "--port", "0", "--detailed_debug")]
    public async Task A_configuration_is_served_however_the_options_are_written(params string[] arguments)
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        folder.Write("config.yaml", Texts.Config("parrot", model.V1));
        await using var weir = WeirRun.Start(folder, null, arguments);
        using var http = new HttpClient { BaseAddress = new UriBuilder(await weir.ListensAsync(Token)) { Host = "127.0.0.1" }.Uri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", WeirRun.Key);

        Assert.Contains("You said: hello", await Texts.ChatAsync(http, "parrot", Token), StringComparison.Ordinal);

        Assert.Equal(0, await weir.StopAsync("TERM", Token));
        Assert.True(File.Exists(folder["weir.db"]), "the ledger lies beside the configuration");
        Assert.DoesNotContain(WeirRun.Key, weir.Out + weir.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_served_without_a_file_and_a_key_is_made_and_shown_once()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        await using var weir = WeirRun.Start(folder, Data(folder), "--model", "openai/parrot", "--api_base", model.V1, "--alias", "mine", "--port", "0");
        var address = await weir.ListensAsync(Token);
        Assert.Equal("127.0.0.1", address.Host);
        using (var stranger = new HttpClient { BaseAddress = address })
        {
            Assert.Contains("Authentication Error", await Texts.ChatAsync(stranger, "mine", Token), StringComparison.Ordinal);
        }

        Assert.Equal(0, await weir.StopAsync("INT", Token));
        var made = Assert.Single(weir.Out.Split('\n'), line => line.StartsWith("Master key", StringComparison.Ordinal));
        var key = made[(made.LastIndexOf(' ') + 1)..];
        Assert.Matches("^sk-[0-9a-f]{48}$", key);
        Assert.DoesNotContain(key, weir.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_says_what_the_command_line_does_not()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        var file = folder.Write("elsewhere.yaml", Texts.Keyless(model.V1));
        await using var weir = WeirRun.Start(folder, new Dictionary<string, string>
        {
            ["CONFIG_FILE_PATH"] = file,
            ["PORT"] = "0",
            ["HOST"] = "127.0.0.1",
            ["LITELLM_MASTER_KEY"] = "sk-from-the-environment-1",
            ["SERVER_ROOT_PATH"] = "/ai",
        });
        using var http = await weir.ClientAsync(Token, "sk-from-the-environment-1");

        Assert.Contains("You said: hello", await Texts.ChatAsync(http, "parrot", Token, "/ai/v1/chat/completions"), StringComparison.Ordinal);
        using var health = await http.GetAsync(new Uri("/ai/health/liveliness", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task The_key_of_LiteLLMs_chart_counts_too()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        folder.Write("config.yaml", Texts.Keyless(model.V1));
        await using var weir = WeirRun.Start(folder, new Dictionary<string, string> { ["PROXY_MASTER_KEY"] = "sk-from-the-chart-123" }, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        using var http = await weir.ClientAsync(Token, "sk-from-the-chart-123");

        Assert.Contains("You said: hello", await Texts.ChatAsync(http, "parrot", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_options_of_LiteLLM_without_a_counterpart_are_accepted_with_a_notice()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        folder.Write("config.yaml", Texts.Config("parrot", model.V1));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1", "--num_workers", "8",
            "--run_gunicorn", "--keepalive_timeout", "75", "--max_requests_before_restart", "1000", "--use_prisma_db_push", "--telemetry", "False");
        await weir.ListensAsync(Token);

        Assert.Equal(0, await weir.StopAsync("TERM", Token));
        foreach (var option in (string[])["--num_workers", "--run_gunicorn", "--keepalive_timeout", "--max_requests_before_restart", "--use_prisma_db_push", "--telemetry"])
        {
            Assert.Contains($"weir: {option} is accepted and has no effect: ", weir.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task HTTPS_is_served_with_a_certificate()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        using var key = RSA.Create(2048);
        var asked = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = asked.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        folder.Write("config.yaml", Texts.Config("parrot", model.V1));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1", "--ssl_certfile_path", "cert.pem", "--ssl_keyfile_path", "key.pem");
        var address = await weir.ListensAsync(Token);
        Assert.Equal("https", address.Scheme);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString();
        using var http = new HttpClient(handler) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", WeirRun.Key);

        Assert.Contains("You said: hello", await Texts.ChatAsync(http, "parrot", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tutorials_key_is_warned_of_on_loopback_and_an_injected_key_wins_over_it()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        folder.Write("config.yaml", Texts.Config("parrot", model.V1, "sk-1234"));
        await using (var weak = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1"))
        {
            using var http = await weak.ClientAsync(Token, "sk-1234");
            Assert.Contains("You said: hello", await Texts.ChatAsync(http, "parrot", Token), StringComparison.Ordinal);
            Assert.Equal(0, await weak.StopAsync("TERM", Token));
            Assert.Contains("well-known 'sk-1234'", weak.Error, StringComparison.Ordinal);
        }

        await using var injected = WeirRun.Start(folder, new Dictionary<string, string> { ["LITELLM_MASTER_KEY"] = WeirRun.Key }, "--config", "config.yaml", "--port", "0");
        Assert.Equal("0.0.0.0", (await injected.ListensAsync(Token)).Host);
        using var own = new HttpClient { BaseAddress = new UriBuilder(await injected.ListensAsync(Token)) { Host = "127.0.0.1" }.Uri };
        own.DefaultRequestHeaders.Authorization = new("Bearer", WeirRun.Key);
        Assert.Contains("You said: hello", await Texts.ChatAsync(own, "parrot", Token), StringComparison.Ordinal);
        own.DefaultRequestHeaders.Authorization = new("Bearer", "sk-1234");
        Assert.Contains("Authentication Error", await Texts.ChatAsync(own, "parrot", Token), StringComparison.Ordinal);
    }

    internal static Dictionary<string, string> Data(Scratch folder) => new() { ["WEIR_DATA_DIR"] = folder.Path };
}
