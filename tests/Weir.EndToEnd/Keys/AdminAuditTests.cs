using System.Text.Json;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Keys;

/// <summary>Every change of the directory leaves its trace before its answer does.</summary>
public sealed class AdminAuditTests(KeyStand stand) : IClassFixture<KeyStand>
{
    [Fact]
    public async Task A_change_is_audited_with_who_asked_and_what_became_of_it_and_never_with_the_key()
    {
        var key = await stand.KeyAsync("""{"key_alias":"traced"}""");
        Assert.Equal(401, (await stand.SendAsync("POST", "/team/new", """{"team_alias":"mine"}""", await stand.KeyAsync())).Status);
        // Whoever looks at what was spent has every row in the database.
        await stand.AdminAsync("/key/info?key=" + key, "", "GET");

        var shown = await WeirProcess.RunAsync(
            ["audit", "tail", "-n", "100", "--kind", "admin", "--database-url", $"sqlite:///{stand.Folder}/weir.db"], null, TestContext.Current.CancellationToken);

        Assert.True(shown.Exit == 0, shown.Output);
        var rows = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line.StartsWith('{')).Select(static line => JsonElement.Parse(line)).ToList();
        Assert.Equal(["proposed", "executed"], StatesOf(rows, "POST /key/generate", "traced"));
        Assert.Equal(["proposed", "denied"], StatesOf(rows, "POST /team/new", "mine"));
        Assert.DoesNotContain(key, shown.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> StatesOf(IEnumerable<JsonElement> rows, string action, string target) => rows
        .Where(row => Text(row, "action") == action && Text(row, "target") == target)
        .Select(static row => Text(row, "state"));

    // The body is the row, or lies in it.
    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var text) ? text.GetString() : row.TryGetProperty("body", out var body) && body.TryGetProperty(name, out text) ? text.GetString() : null;
}
