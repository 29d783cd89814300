using System.Diagnostics;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Agents;

/// <summary>
/// Two coding agents as their users run them, each in a home of its own and without anything of this process's environment. Their packages
/// are large and come from npm on first use, into the folder for artifacts.
/// </summary>
internal static class CodingAgents
{
    private const string Packages = "@anthropic-ai/claude-code@2.1.197 @openai/codex@0.169.0";
    private static readonly string Folder = Path.Combine(WeirProcess.RepositoryRoot(), "artifacts", "coding-agents");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>Asks Claude Code, which speaks Anthropic's Messages, one question.</summary>
    public static Task<AgentRun> ClaudeAsync(string root, string model, string question, CancellationToken cancellationToken) => RunAsync(
        ["@anthropic-ai/claude-code/cli-wrapper.cjs", "-p", question, "--model", model, "--allowedTools", "Bash"],
        new()
        {
            ["ANTHROPIC_BASE_URL"] = root, ["ANTHROPIC_API_KEY"] = WeirProcess.MasterKey, ["ANTHROPIC_SMALL_FAST_MODEL"] = model,
            ["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = model, ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1", ["DISABLE_AUTOUPDATER"] = "1",
            ["CLAUDE_CODE_MAX_RETRIES"] = "0",
        },
        null,
        cancellationToken);

    /// <summary>Asks codex, which speaks OpenAI's Responses, one question.</summary>
    public static Task<AgentRun> CodexAsync(string root, string model, string question, CancellationToken cancellationToken) => RunAsync(
        ["@openai/codex/bin/codex.js", "exec", "--skip-git-repo-check", "-s", "danger-full-access", question],
        new() { ["WEIR_KEY"] = WeirProcess.MasterKey },
        $"""
        model = "{model}"
        model_provider = "weir"

        [model_providers.weir]
        name = "weir"
        base_url = "{root}/v1"
        env_key = "WEIR_KEY"
        wire_api = "responses"
        request_max_retries = 0
        stream_max_retries = 0
        """,
        cancellationToken);

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "@openai", "codex")))
        {
            return;
        }

        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "package.json"), """{"private":true}""");
        var npm = new ProcessStartInfo("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", .. Packages.Split(' ')]);
        var (exit, output) = await FinishAsync(npm, Folder, CancellationToken.None);
        Assert.True(exit == 0, $"npm install ended with {exit}:\n{output}");
    }

    private static async Task<AgentRun> RunAsync(string[] command, Dictionary<string, string> environment, string? codexConfig, CancellationToken cancellationToken)
    {
        await Installed.Value.WaitAsync(cancellationToken);
        var home = Directory.CreateTempSubdirectory("weir-agent-").FullName;
        try
        {
            var start = new ProcessStartInfo("node", [Path.Combine(Folder, "node_modules", command[0]), .. command.Skip(1)]);
            var path = start.Environment["PATH"];
            start.Environment.Clear();
            environment["PATH"] = path ?? "";
            environment["HOME"] = environment["CODEX_HOME"] = home;
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            if (codexConfig is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(home, "config.toml"), codexConfig, cancellationToken);
            }

            var (exit, output) = await FinishAsync(start, home, cancellationToken);
            return new AgentRun(exit, output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> FinishAsync(ProcessStartInfo start, string folder, CancellationToken cancellationToken)
    {
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + "\n" + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>How an agent ended.</summary>
    /// <param name="Exit">Its exit code.</param>
    /// <param name="Output">What it printed.</param>
    internal sealed record AgentRun(int Exit, string Output);
}
