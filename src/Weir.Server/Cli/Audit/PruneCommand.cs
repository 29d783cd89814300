using System.CommandLine;
using System.Globalization;
using Weir.Gateway.Audit;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit prune</c>: deletes old rows so that the deletion can be told from an attack.</summary>
internal static class PruneCommand
{
    internal static Command Build()
    {
        var command = new Command("prune", "Delete rows before a time, up to the last signed checkpoint before it; a signed record of the gap stays");
        var place = new AuditPlace(command);
        var before = new Option<DateTimeOffset?>("--before") { Description = "Rows before this time go", HelpName = "TIME", Required = true, CustomParser = Times.Parse };
        command.Options.Add(before);
        command.SetAction((parsed, cancellationToken) => place.RunAsync(parsed, async (store, config) =>
        {
            using var key = AuditKey.FromFile(config.SigningKeyFile ?? throw new StartException(
                "deleting needs the signing key, so that the gap can be told from an attack: general_settings.audit.signing_key_file or WEIR_AUDIT_KEY_FILE."));
            if (!key.CanSign)
            {
                throw new AuditKeyException($"{config.SigningKeyFile} holds only the public half of the key.", null);
            }
            var stretches = await new AuditPrune(store, key).RunAsync(parsed.GetValue(before) ?? DateTimeOffset.MinValue, cancellationToken);
            foreach (var stretch in stretches)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stretch.Chain}: rows {stretch.From} to {stretch.To} deleted; {stretch.Token}"));
            }
            Console.WriteLine(stretches.Count == 0 ? "Nothing to delete: no signed checkpoint before that time knows rows that are still there." : "Keep these lines beside the witness.");
            return 0;
        }, cancellationToken));
        return command;
    }
}
