namespace Weir.EndToEnd.Crossings;

/// <summary>What the other side has no word for is named, and refused where LiteLLM would refuse it.</summary>
[Collection(nameof(CallRuns))]
public sealed class DroppedTests(CallRuns runs)
{
    internal static readonly IReadOnlyList<Drop> Asks =
    [
        new("messages", "gpt", false, ""","top_k":7""", 200, "top_k"),
        new("messages", "gpt", true, ""","top_k":7""", 200, "top_k"),
        new("messages", "gem", false, ""","metadata":{"user_id":"u"}""", 200, "user"),
        new("messages", "claude", false, ""","top_k":7""", 200, null),
        new("gemini", "claude", false, ""","safetySettings":[]""", 200, "safetySettings"),
        new("gemini", "gpt", true, ""","generationConfig":{"topK":7}""", 200, "top_k"),
        new("responses", "claude", false, ""","truncation":"auto","prompt_cache_key":"k" """, 200, "truncation, prompt_cache_key"),
        new("chat", "claude", false, ""","logit_bias":{"1":2}""", 400, null),
        new("chat", "claude", false, ""","seed":1,"drop_params":true""", 200, "seed"),
        new("chat", "gpt", false, ""","seed":1""", 200, null),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Asks.Count)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void It_is_named_in_a_header(int row)
    {
        var asked = Asks[row];

        var reply = runs.Reply(asked.Id);

        Assert.True(reply.Status == asked.Status, $"{asked}: {reply.Status} {reply.Body}");
        Assert.Equal(asked.Header, reply.Headers.GetValueOrDefault("x-weir-dropped-params"));
        Assert.Equal(asked.Status == 200 ? "success" : "failure", Assert.Single(runs.Rows[asked.Id]).Outcome);
    }

    /// <summary>A request with a member that may not cross.</summary>
    internal sealed record Drop(string Caller, string Model, bool Stream, string More, int Status, string? Header)
    {
        public string Id => $"drop.{Caller}.{Model}.{Stream}.{Header?.Length}.{More.Length}";
    }
}
