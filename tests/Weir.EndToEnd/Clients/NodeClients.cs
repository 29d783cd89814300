using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Clients;

/// <summary>Runs the scripts of tests/clients. Their packages are installed once per lock file.</summary>
internal static class NodeClients
{
    private static readonly string Folder = Path.Combine(WeirProcess.RepositoryRoot(), "tests", "clients");
    private static readonly string[] Prefixes = ["OPENAI_", "AZURE_", "ANTHROPIC_", "GOOGLE_", "GEMINI_"]; // what the clients read from the environment themselves
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>What a script printed, by case.</summary>
    public static Task<IReadOnlyDictionary<string, JsonElement>> RunAsync(string[] script, Stand stand, CancellationToken cancellationToken) =>
        RunAsync(script, stand.Root, stand.Key, cancellationToken);

    /// <summary>The same against any address; <paramref name="script"/> may name a model: <c>genai.mjs --model claude</c>.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> RunAsync(string[] script, string root, string key, CancellationToken cancellationToken) =>
        (await RunEachAsync(script, root, key, cancellationToken)).Values.Single();

    /// <summary>The same against several models (<c>--model gpt,claude</c>): what the script printed, by model and case.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>> RunEachAsync(
        string[] script, string root, string key, CancellationToken cancellationToken)
    {
        await Installed.Value.WaitAsync(cancellationToken);
        var (exit, output, errors) = await RunAsync("node", script, new() { ["WEIR_ROOT"] = root, ["WEIR_KEY"] = key }, cancellationToken);
        Assert.True(exit == 0, $"node ended with {exit}:\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{'))
            .Select(Reply.Parse).GroupBy(line => Word(line, "model")).ToDictionary(
                lines => lines.Key, IReadOnlyDictionary<string, JsonElement> (lines) => lines.ToDictionary(line => Word(line, "case")));
    }

    private static string Word(JsonElement line, string member) => line.TryGetProperty(member, out var word) ? word.GetString() ?? "" : "";

    private static async Task InstallAsync()
    {
        var stamp = Path.Combine(Folder, "node_modules", ".weir-stamp");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return;
        }

        var (exit, output, errors) = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], [], CancellationToken.None);
        Assert.True(exit == 0, $"npm ci ended with {exit}:\n{output}\n{errors}");
        await File.WriteAllTextAsync(stamp, wanted);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(
        string program, string[] arguments, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(n => Prefixes.Any(p => n.StartsWith(p, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
