using System.CommandLine;
using System.Text;
using Weir.Gateway.Audit;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit keygen</c>: a key pair for checkpoints.</summary>
internal static class KeygenCommand
{
    internal static Command Build()
    {
        var command = new Command("keygen", "Make a key pair that signs checkpoints: a private file to mount, a public one for whoever verifies");
        var name = new Option<string>("--out", "-o") { Description = "Beginning of the files' names", HelpName = "PATH", DefaultValueFactory = static _ => "weir-audit" };
        command.Options.Add(name);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(name) ?? "weir-audit";
            using var key = AuditKey.Generate();
            try
            {
                Write($"{path}.key.pem", key.PrivatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
                Write($"{path}.pub.pem", key.PublicPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"weir audit: {error.Message}");
                return 2;
            }
            Console.WriteLine($"{path}.key.pem  private, signs: general_settings.audit.signing_key_file or WEIR_AUDIT_KEY_FILE; keep it out of the database and the configuration");
            Console.WriteLine($"{path}.pub.pem  public, for `weir audit verify --public-key`; key id {key.Id}");
            return 0;
        });
        return command;
    }

    /// <summary>Never over a file that is there: it may be the only copy of a key.</summary>
    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }
        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(text));
    }
}
