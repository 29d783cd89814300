using System.Buffers;
using System.CommandLine;
using System.Text;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;

namespace Weir.Server.Cli;

/// <summary><c>weir check FILE</c>: every problem of a configuration, without starting anything.</summary>
internal static class CheckCommand
{
    internal static Command Build()
    {
        var command = new Command("check", "Explain every problem of a configuration, with file, line and column; exit 1 when it has errors");
        var file = new Argument<string?>("file") { Description = "Configuration file; also a ConfigMap, Helm values or an Argo CD Application that wraps one", Arity = ArgumentArity.ZeroOrOne };
        var config = new Option<string?>("--config", "-c") { Description = "The same, as `serve` takes it (env CONFIG_FILE_PATH)", HelpName = "FILE" };
        var strict = new Option<bool>("--strict") { Description = "Warnings count as errors" };
        var json = new Option<bool>("--json") { Description = "Print JSON for machines" };
        var unenforced = new Option<bool>("--allow-unenforced") { Description = "Limits that this build does not enforce are warnings, not errors" };
        command.Arguments.Add(file);
        foreach (var option in (Option[])[config, strict, json, unenforced])
        {
            command.Options.Add(option);
        }
        command.SetAction(parsed =>
        {
            if ((parsed.GetValue(file) ?? parsed.GetValue(config) ?? Environment.GetEnvironmentVariable("CONFIG_FILE_PATH")) is not { Length: > 0 } path)
            {
                Console.Error.WriteLine("weir check: name a configuration file.");
                return 2;
            }
            var options = new ConfigLoadOptions { Check = new CheckOptions(parsed.GetValue(strict), parsed.GetValue(unenforced)) };
            var report = ConfigLoader.Load(path, options).Report;
            if (parsed.GetValue(json))
            {
                var output = new ArrayBufferWriter<byte>();
                report.WriteJson(output);
                Console.WriteLine(Encoding.UTF8.GetString(output.WrittenSpan));
            }
            else
            {
                report.WriteText(Console.Out);
            }
            return report.ExitCode;
        });
        return command;
    }
}
