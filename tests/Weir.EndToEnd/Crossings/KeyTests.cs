using System.Text.Json;

namespace Weir.EndToEnd.Crossings;

/// <summary>Each vendor's clients put the key elsewhere; each is told in its own words when it is wrong.</summary>
[Collection(nameof(CallRuns))]
public sealed class KeyTests(CallRuns runs)
{
    internal static readonly IReadOnlyList<(string Name, string Header)> Keys = [("bearer", "Authorization"), ("x-api-key", "x-api-key"), ("x-goog-api-key", "x-goog-api-key"), ("api-key", "api-key")];

    public static TheoryData<string, string> Places => [.. Keys.SelectMany(_ => Caller.All, (key, caller) => (key.Name, caller.Name))];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_key_counts_in_every_vendors_header(string place, string caller)
    {
        Assert.Equal("You said: hello", Caller.Of(caller).TextOf(runs.Reply($"key.{place}.{caller}")));
        Assert.Equal("success", Assert.Single(runs.Rows[$"key.{place}.{caller}"]).Outcome);

        var refused = runs.Reply($"wrong-key.{place}.{caller}");
        Assert.Equal((401, Refusal(caller)), (refused.Status, Word(refused.Json, caller)));
        Assert.Empty(runs.Rows[$"wrong-key.{place}.{caller}"]);
    }

    [Fact]
    public void A_key_in_the_query_counts_for_Geminis_clients_alone_and_goes_no_further()
    {
        Assert.Equal("You said: hello", Caller.Of("gemini").TextOf(runs.Reply("key.query.gemini")));
        Assert.Equal("You said: hello", Caller.Of("gemini").TextOf(runs.Reply("key.query.stream.gemini")));
        Assert.Equal(401, runs.Reply("wrong-key.query.gemini").Status);
        Assert.Equal(401, runs.Reply("wrong-key.query.stream.gemini").Status);
        Assert.Equal(401, runs.Reply("key.query.chat").Status);
        Assert.DoesNotContain(runs.Requests, request => request.Query.Contains("key=", StringComparison.Ordinal));
    }

    private static string Refusal(string caller) => caller switch { "messages" => "authentication_error", "gemini" => "UNAUTHENTICATED", _ => "token_not_found_in_db" };

    private static string? Word(JsonElement json, string caller) => json.GetProperty("error").GetProperty(caller == "gemini" ? "status" : "type").GetString();
}
