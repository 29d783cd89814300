using System.CommandLine;

namespace Weir.Server.Cli;

/// <summary>The command line. <c>weir --config FILE</c> means <c>weir serve --config FILE</c>, as LiteLLM's users type it.</summary>
internal static class WeirCommand
{
    internal static RootCommand Build()
    {
        var root = new RootCommand(
            "Weir, a self-hosted AI gateway: one endpoint in front of every model, a drop-in for the LiteLLM proxy.\n\n" +
            "  weir demo                          see it work, without any account\n" +
            "  weir serve --config config.yaml    serve your models on port 4000\n" +
            "  weir check config.yaml             explain every problem in a configuration\n" +
            "  weir key create --alias dev        make a key on the gateway that runs");
        foreach (var command in (Command[])[ServeCommand.Build(), CheckCommand.Build(), DbCommand.Build(), KeyCommand.Build(), TeamCommand.Build(), DemoCommand.Build(), VersionCommand.Build()])
        {
            root.Subcommands.Add(command);
        }
        ServeCommand.AddTo(root);
        return root;
    }
}
