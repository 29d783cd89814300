using System.CommandLine;

namespace Weir.Server.Cli;

/// <summary>Which gateway a command talks to, and with which key.</summary>
internal sealed class GatewayOptions
{
    private const string UsualUrl = "http://127.0.0.1:4000";

    private readonly Option<string?> _url = new("--url") { Description = $"Address of the gateway (env WEIR_URL; else {UsualUrl})", HelpName = "URL" };
    private readonly Option<string?> _key = new("--key") { Description = "Key of an administrator (env LITELLM_MASTER_KEY)", HelpName = "KEY" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the gateway's answer as it came" };

    /// <summary>Adds them to a command, and runs its work with a client.</summary>
    internal void Serve(Command command, Func<GatewayClient, ParseResult, bool, CancellationToken, Task> work)
    {
        foreach (var option in (Option[])[_url, _key, _json])
        {
            command.Options.Add(option);
        }
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var client = Client(parsed);
                await work(client, parsed, parsed.GetValue(_json), cancellationToken);
                return 0;
            }
            catch (CommandException refused)
            {
                await Console.Error.WriteLineAsync($"weir: {refused.Message}");
                return 1;
            }
        });
    }

    private GatewayClient Client(ParseResult parsed)
    {
        var url = parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable("WEIR_URL") ?? UsualUrl;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
        {
            throw new CommandException($"--url '{url}' is no address such as {UsualUrl}.");
        }
        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable("LITELLM_MASTER_KEY");
        return key is { Length: > 0 } ? new GatewayClient(root, key) : throw new CommandException("name the key of an administrator: set LITELLM_MASTER_KEY, or pass --key.");
    }
}
