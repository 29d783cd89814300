using System.Text.Json;
using Weir.EndToEnd.Clients;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Crossings;

/// <summary>A program that speaks one dialect gets what it asks for from a model that speaks another, and the ledger has it.</summary>
public sealed class ClientCrossingTests(ClientRuns runs) : IClassFixture<ClientRuns>
{
    public static TheoryData<string, string> Pairs => [.. ClientRuns.Programs.SelectMany(_ => DialectModel.All, (program, model) => (program, model.Group))];

    /// <summary>A client of chat has no place for what Responses seals, and one of Gemini does not ask for it.</summary>
    public static TheoryData<string, string> Sealing => [.. ClientRuns.Programs.SelectMany(_ => DialectModel.All, (program, model) => (program, model.Group))
        .Where(pair => Thinks(pair.program, pair.Group) && pair is not (("openai.mjs" or "genai.mjs"), "gpt-r"))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_client_gets_what_it_asks_for(string program, string model)
    {
        var seen = Seen(program, model);

        ClientJudge.Judge(program, seen, Thinks(program, model), countsItself: (program, model) is ("anthropic.mjs", "claude") or ("genai.mjs", "gem"));
    }

    [Theory]
    [InlineData("gpt")]
    [InlineData("gpt-r")]
    public void A_client_goes_on_from_a_response_that_its_vendor_keeps(string model)
    {
        Assert.Contains("stored", runs.Kept[model].Keys);
        ClientJudge.Judge("responses.mjs", runs.Kept[model]);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_refusal_is_the_clients_own_exception_and_says_when_to_come_back(string program, string model)
    {
        var seen = Seen(program, model);

        var (limited, wrongKey) = program == "genai.mjs" ? ("ApiError", "ApiError") : ("RateLimitError", "AuthenticationError");
        Assert.Equal((limited, wrongKey), (Exception(seen["limited"]), Exception(seen["wrongKey"])));
        Assert.Equal("1", Assert.Single(Exchanges(seen["limited"])).RetryAfter);
        Assert.Contains("RateLimitError", seen["limited"].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        if (seen["blocked"].TryGetProperty("error", out var blocked))
        {
            Assert.Contains("ContentPolicyViolationError", blocked.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Contains("closed the stream before its end", seen["cut"].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_request_has_one_row_with_its_tokens_and_its_price(string program, string model)
    {
        var report = new List<string>();
        foreach (var (name, line) in Seen(program, model))
        {
            foreach (var exchange in Exchanges(line))
            {
                var rows = runs.Rows[exchange.Id].ToList();
                if (Wrong(name, exchange, DialectModel.Of(model), rows) is { } wrong)
                {
                    report.Add($"{exchange.Id} ({exchange.Status}) {wrong}: {string.Join(" and ", rows)}");
                }
            }
        }

        Assert.Empty(report);
        foreach (var name in new[] { "plain", "streamed" })
        {
            var line = Seen(program, model)[name];
            var row = runs.Rows[Exchanges(line)[0].Id].Single();
            Assert.Equal(line.GetProperty("completionTokens").GetInt32(), row.Completion);
            Assert.Equal(name == "plain" ? 4 : 6, row.Prompt);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_model_sees_pictures_instructions_and_a_wish_to_think_in_its_own_words(string program, string model)
    {
        const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
        var behind = DialectModel.Of(model);

        Assert.Contains(Picture, AskedOnce(program, model, "what is in the picture?").BodyText, StringComparison.Ordinal);
        Assert.Contains("Be brief.", AskedOnce(program, model, "hello (").BodyText, StringComparison.Ordinal);
        var thoughtful = Asked(program, model, "after some thought?").First();
        Assert.True(
            new[] { "reasoning_effort", "\"reasoning\"", "\"thinking\"", "thinkingConfig" }.Any(w => thoughtful.BodyText.Contains(w, StringComparison.Ordinal)),
            $"nobody asked it to think: {thoughtful.BodyText}");
        Assert.All(Asked(program, model, "("), request => Assert.StartsWith(PathOf(program, behind), request.Path, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sealing))]
    public void A_models_thoughts_come_back_to_it_under_their_seal(string program, string model)
    {
        var behind = DialectModel.Of(model);
        foreach (var question in new[] { "after some thought?", "after some streamed thought?" })
        {
            var second = Asked(program, model, question).Last();
            var seal = model == "gpt" ? DialectModel.Of("gpt-r").SealStart : behind.SealStart;
            Assert.True(second.BodyText.Contains(seal, StringComparison.Ordinal), $"no seal in: {second.BodyText}");
        }
    }

    [Fact]
    public void Nothing_was_dropped_but_what_the_other_side_has_no_word_for()
    {
        var dropped = ClientRuns.Programs.SelectMany(_ => DialectModel.All, (program, model) => (program, model.Group))
            .SelectMany(pair => runs.Seen(pair.program, pair.Group).Values.SelectMany(Exchanges).Select(e => (pair.program, pair.Group, e.Dropped)))
            .Where(e => e.Dropped is not null).Select(e => $"{e.program} -> {e.Group}: {e.Dropped}").Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            """
            anthropic.mjs -> gem: cache_control
            anthropic.mjs -> gpt-r: cache_control
            genai.mjs -> gpt: reasoning.summary
            genai.mjs -> vllm: reasoning.summary
            responses.mjs -> gem: strict
            responses.mjs -> nova: reasoning.summary
            responses.mjs -> vllm: reasoning.summary
            """,
            string.Join('\n', dropped));
    }

    private static string? Wrong(string name, Exchange exchange, DialectModel model, List<WrittenRow> rows)
    {
        if (exchange.Status == 401)
        {
            return rows.Count == 0 ? null : "has no known key and yet a row";
        }

        if (rows is not [var row])
        {
            return $"has {rows.Count} rows";
        }

        var cut = name.StartsWith("cut", StringComparison.Ordinal);
        var answered = exchange.Status == 200;
        return row.Status != exchange.Status ? "has another status"
            : row.Outcome != (!answered ? "failure" : cut ? "broken" : "success") ? "has another outcome"
            : row.Provider != model.Provider ? "has another provider"
            : answered && !row.CostKnown ? "has no price"
            : answered && name != "count" && (row.Prompt == 0 || row.CostNanos == 0) ? "cost nothing"
            : answered && name is not ("count" or "embeddings" or "blocked") && row.Completion == 0 ? "said nothing"
            : !answered && row.ErrorType.Length == 0 ? "has no error"
            : null;
    }

    private static bool Thinks(string program, string model) => DialectModel.Of(model).Thinks || (program, model) == ("responses.mjs", "gpt");

    /// <summary>A model that speaks the client's dialect as well is asked in that.</summary>
    private static string PathOf(string program, DialectModel model) => (program, model.Group) switch
    {
        ("responses.mjs", "gpt") => DialectModel.Of("gpt-r").Path,
        ("openai.mjs", "gpt-r") => model.Path,
        _ => model.Path,
    };

    private static string? Exception(JsonElement line) => line.GetProperty("error").GetProperty("name").GetString();

    private static List<Exchange> Exchanges(JsonElement line) => [.. line.GetProperty("exchanges").EnumerateArray().Select(e => new Exchange(
        e.GetProperty("id").GetString() ?? "", e.GetProperty("status").GetInt32(), e.GetProperty("dropped").GetString(), e.GetProperty("retryAfter").GetString()))];

    private IReadOnlyDictionary<string, JsonElement> Seen(string program, string model)
    {
        var seen = runs.Seen(program, model);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values));
        return seen;
    }

    /// <summary>The requests that reached the model, oldest first, with <paramref name="words"/> in them.</summary>
    private IEnumerable<RecordedRequest> Asked(string program, string model, string words) => runs.Requests.Where(
        r => r.BodyText.Contains(words, StringComparison.Ordinal) && r.BodyText.Contains($"({program[..^".mjs".Length]}.{model})", StringComparison.Ordinal));

    private RecordedRequest AskedOnce(string program, string model, string words) => Assert.Single(Asked(program, model, words));

    /// <summary>One request of a client.</summary>
    private sealed record Exchange(string Id, int Status, string? Dropped, string? RetryAfter);
}
