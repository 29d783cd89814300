using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Crossings;

/// <summary>What clients ask besides: who is there, and which models.</summary>
[Collection(nameof(CallRuns))]
public sealed class ListTests(CallRuns runs)
{
    internal static readonly IReadOnlyList<(string Id, Ask Ask)> Asks =
    [
        ("head", Ask.Get("/") with { Method = "HEAD", Key = null }),
        ("models.openai", Ask.Get("/v1/models")),
        ("models.anthropic", Ask.Get("/v1/models") with { Key = null, Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-06-01", ["x-api-key"] = WeirProcess.MasterKey } }),
        ("model.anthropic", Ask.Get("/v1/models/claude") with { Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-06-01" } }),
        ("models.gemini", Ask.Get("/v1beta/models") with { Key = null, Headers = new Dictionary<string, string> { ["x-goog-api-key"] = WeirProcess.MasterKey } }),
        ("models.gemini.query", Ask.Get("/v1beta/models?key=" + WeirProcess.MasterKey) with { Key = null }),
        ("model.gemini", Ask.Get("/v1beta/models/gem")),
        ("models.nobody", Ask.Get("/v1/models") with { Key = null, Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-06-01" } }),
    ];

    [Fact]
    public void Claude_codes_first_question_is_whether_anyone_is_there() => Assert.Equal((200, ""), (runs.Reply("head").Status, runs.Reply("head").Body));

    [Theory]
    [InlineData("models.openai", "data", "id", "")]
    [InlineData("models.anthropic", "data", "id", "")]
    [InlineData("models.gemini", "models", "name", "models/")]
    [InlineData("models.gemini.query", "models", "name", "models/")]
    public void Every_vendors_clients_find_every_model(string id, string list, string name, string before)
    {
        var found = runs.Reply(id).Json.GetProperty(list).EnumerateArray().Select(m => m.GetProperty(name).GetString()).ToList();

        Assert.All(DialectModel.All, model => Assert.Contains(before + model.Group, found));
    }

    [Fact]
    public void Each_list_has_its_vendors_shape()
    {
        var anthropic = runs.Reply("models.anthropic").Json;
        Assert.Equal((false, "model"), (anthropic.GetProperty("has_more").GetBoolean(), anthropic.GetProperty("data")[0].GetProperty("type").GetString()));
        Assert.Equal(anthropic.GetProperty("first_id").GetString(), anthropic.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal("list", runs.Reply("models.openai").Json.GetProperty("object").GetString());
        Assert.Equal(("claude", "claude"), (Word("model.anthropic", "id"), Word("model.anthropic", "display_name")));
        Assert.Contains("generateContent", runs.Reply("model.gemini").Json.GetProperty("supportedGenerationMethods").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(("models/gem", 401), (Word("model.gemini", "name"), runs.Reply("models.nobody").Status));
        Assert.Equal("error", Word("models.nobody", "type"));
    }

    private string? Word(string id, string member) => runs.Reply(id).Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
