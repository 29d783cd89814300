using System.CommandLine;
using System.Globalization;

namespace Weir.Server.Cli;

/// <summary><c>weir serve</c>, with LiteLLM's start options.</summary>
internal static class ServeCommand
{
    internal static Command Build()
    {
        var command = new Command("serve", "Serve the models of a configuration");
        AddTo(command);
        return command;
    }

    /// <summary>Gives <paramref name="command"/> the options and makes it serve.</summary>
    internal static void AddTo(Command command)
    {
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file (env CONFIG_FILE_PATH)", HelpName = "FILE" };
        var port = new Option<int?>("--port") { Description = "Port to listen on, 0 for any free one (env PORT; default 4000)" };
        var host = new Option<string?>("--host") { Description = "Address to listen on (env HOST; default 0.0.0.0 with a master key, else 127.0.0.1)" };
        var model = new Option<string?>("--model") { Description = "Serve this one model without a file, e.g. ollama/llama3" };
        var alias = new Option<string?>("--alias") { Description = "Public name of --model" };
        var apiBase = new Option<string?>("--api_base") { Description = "Address of --model's server" };
        var apiVersion = new Option<string?>("--api_version") { Description = "Azure api-version of --model" };
        var key = new Option<string?>("--ssl_keyfile_path") { Description = "PEM key for HTTPS (env SSL_KEYFILE_PATH)" };
        var certificate = new Option<string?>("--ssl_certfile_path") { Description = "PEM certificate for HTTPS (env SSL_CERTFILE_PATH)" };
        var debug = new Option<bool>("--debug") { Description = "Log what the gateway does; never content or secrets" };
        var detailed = new Option<bool>("--detailed_debug") { Description = "The same; LiteLLM's name for more" };
        var unenforced = new Option<bool>("--allow-unenforced") { Description = "Start although the file holds limits that this build does not enforce" };
        Option[] taken = [config, port, host, model, alias, apiBase, apiVersion, key, certificate, debug, detailed, unenforced];
        var ignored = Ignored();
        foreach (var option in (Option[])[.. taken, .. ignored])
        {
            command.Options.Add(option);
        }
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new ServeOptions
            {
                ConfigPath = parsed.GetValue(config) ?? Variable("CONFIG_FILE_PATH"),
                Port = parsed.GetValue(port) ?? NumberIn("PORT") ?? 4000,
                Host = parsed.GetValue(host) ?? Variable("HOST"),
                Model = parsed.GetValue(model),
                Alias = parsed.GetValue(alias),
                ApiBase = parsed.GetValue(apiBase),
                ApiVersion = parsed.GetValue(apiVersion),
                KeyFile = parsed.GetValue(key) ?? Variable("SSL_KEYFILE_PATH"),
                CertificateFile = parsed.GetValue(certificate) ?? Variable("SSL_CERTFILE_PATH"),
                Debug = parsed.GetValue(detailed) || parsed.GetValue(debug),
                AllowUnenforced = parsed.GetValue(unenforced),
            };
            foreach (var option in ignored.Where(o => parsed.GetResult(o) is { Implicit: false }))
            {
                Console.Error.WriteLine($"weir: {option.Name} is accepted and has no effect: {option.Description}");
            }
            if (options.ConfigPath is null && options.Model is null)
            {
                Console.Error.WriteLine("weir: nothing to serve. Name a configuration with --config FILE, or one model with --model PROVIDER/MODEL; `weir demo` needs neither.");
                return Task.FromResult(2);
            }
            return ServeRun.RunAsync(options, cancellationToken);
        });
    }

    /// <summary>LiteLLM's options that have no counterpart here, so that its start scripts work unchanged.</summary>
    private static Option[] Ignored() =>
    [
        new Option<int?>("--num_workers") { Description = "One process uses every core.", Hidden = true },
        new Option<bool>("--run_gunicorn") { Description = "Weir has its own server.", Hidden = true },
        new Option<bool>("--run_hypercorn") { Description = "Weir has its own server.", Hidden = true },
        new Option<bool>("--run_granian") { Description = "Weir has its own server.", Hidden = true },
        new Option<string?>("--ciphers") { Description = "The operating system's cipher policy applies.", Hidden = true },
        new Option<int?>("--keepalive_timeout") { Description = "Idle connections are kept for 130 seconds.", Hidden = true },
        new Option<int?>("--max_requests_before_restart") { Description = "Memory stays flat; no restarts are needed.", Hidden = true },
        new Option<int?>("--max_requests_before_restart_jitter") { Description = "Memory stays flat; no restarts are needed.", Hidden = true },
        new Option<int?>("--timeout_worker_healthcheck") { Description = "There are no worker processes.", Hidden = true },
        new Option<bool>("--use_prisma_db_push") { Description = "Weir keeps its own schema.", Hidden = true },
        new Option<bool>("--use_prisma_migrate") { Description = "Weir keeps its own schema.", Hidden = true },
        new Option<bool>("--enforce_prisma_migration_check") { Description = "Weir keeps its own schema.", Hidden = true },
        new Option<bool>("--iam_token_db_auth") { Description = "It is for AWS; for Azure write a URL without a password, and an Entra token is used.", Hidden = true },
        new Option<string?>("--log_config") { Description = "Use --debug, --detailed_debug or json_logs.", Hidden = true },
        new Option<string?>("--telemetry") { Description = "Weir sends no telemetry of its own.", Hidden = true },
        new Option<bool>("--drop_params") { Description = "Set litellm_settings.drop_params in the file.", Hidden = true },
    ];

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static int? NumberIn(string variable) =>
        int.TryParse(Variable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
