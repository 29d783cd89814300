using System.CommandLine;
using Weir.Gateway.Audit;
using Weir.Gateway.Audit.Verify;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit verify</c>. Exit code 0: nothing was changed; 1: something was; 2: it could not be verified.</summary>
internal static class VerifyCommand
{
    internal static Command Build()
    {
        var command = new Command("verify", "Recompute the record and name what was changed; exit 1 when something was, 2 when it can't be verified");
        var place = new AuditPlace(command);
        var witness = new Option<string[]>("--witness") { Description = "Text that holds checkpoints, kept outside the database: a saved log. May be repeated", HelpName = "FILE" };
        var publicKey = new Option<string[]>("--public-key") { Description = "PEM file of a key that signed; without it the configuration's. May be repeated", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print JSON for machines" };
        command.Options.Add(witness);
        command.Options.Add(publicKey);
        command.Options.Add(json);
        command.SetAction((parsed, cancellationToken) => place.RunAsync(parsed, async (store, config) =>
        {
            var files = parsed.GetValue(publicKey) is { Length: > 0 } named ? named : config.SigningKeyFile is { } own ? [own] : [];
            AuditKey[] keys = [.. files.Select(AuditKey.FromFile)];
            var report = await new AuditVerifier(store, Read(parsed.GetValue(witness) ?? []), keys).RunAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(report.Json());
            }
            else
            {
                report.WriteText(Console.Out);
            }
            foreach (var key in keys)
            {
                key.Dispose();
            }
            return report.Ok ? 0 : 1;
        }, cancellationToken));
        return command;
    }

    private static List<AuditToken>? Read(string[] files)
    {
        if (files.Length == 0)
        {
            return null;
        }
        var tokens = new Dictionary<string, AuditToken>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var text = new StreamReader(file);
            foreach (var token in AuditWitness.Read(text))
            {
                tokens[token.Text] = token;
            }
        }
        return [.. tokens.Values];
    }
}
