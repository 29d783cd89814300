using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Crossings;

/// <summary>
/// A model of one dialect steps in for one of another, and the caller, who speaks a third, never knows, as long as nothing has gone out.
/// After that the caller is told in its own dialect, and the row says that the answer broke.
/// </summary>
[Collection(nameof(CallRuns))]
public sealed class FallbackCrossingTests(CallRuns runs)
{
    public static TheoryData<string, string> Pairs => [.. Caller.All.SelectMany(_ => DialectModel.All, (caller, model) => (caller.Name, model.Group))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Another_dialect_steps_in_before_anything_went_out(string caller, string model)
    {
        // Gemini has no head: its first event says something.
        foreach (var (name, stream, fault, _) in CallRuns.Troubles.Where(t => t.Early && !(model == "gem" && t.Fault.EndsWith(":1", StringComparison.Ordinal))))
        {
            var (by, behind) = (Caller.Of(caller), DialectModel.Of(model));
            var id = CallRuns.IdOf(by, behind, fault);
            var reply = runs.Reply(id);
            Assert.True(reply.Status == 200, $"{name}: {reply.Status} {reply.Body}");
            Assert.Equal(("You said: one two three four", stream), (by.TextOf(reply), reply.Streamed));
            Assert.True(!stream || Caller.EventsOf(reply).Last().Contains(by.Ends, StringComparison.Ordinal), $"{name}: no end in {reply.Body}");
            Assert.Equal("1", reply.Headers["x-litellm-attempted-fallbacks"]);

            var row = Assert.Single(runs.Rows[id]);
            var second = DialectModel.Of(CallRuns.Substitute[model]);
            Assert.Equal(("success", 200, second.Provider, second.Model, 1, 2), (row.Outcome, row.Status, row.Provider, row.Model, row.Fallbacks, row.Attempts));
            Assert.Equal((7, 6, true), (row.Prompt, row.Completion, row.CostKnown && row.CostNanos > 0));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void After_the_first_words_the_callers_own_error_event_ends_the_stream(string caller, string model)
    {
        foreach (var (name, _, fault, _) in CallRuns.Troubles.Where(t => !t.Early))
        {
            var (by, behind) = (Caller.Of(caller), DialectModel.Of(model));
            var id = CallRuns.IdOf(by, behind, fault);
            var reply = runs.Reply(id);
            Assert.Equal((200, true), (reply.Status, reply.Streamed));
            Assert.True(reply.Body.Contains("You", StringComparison.Ordinal), $"{name}: nothing was said in {reply.Body}");
            var row = Assert.Single(runs.Rows[id]);
            if (row.Fallbacks == 1)
            {
                // The error came in one breath with the first words, which so had not gone out.
                Assert.Equal(("~error:6", "success", "You said: one two three four"), (fault, row.Outcome, by.TextOf(reply)));
                continue;
            }

            var last = Caller.LastOf(reply);
            Assert.True(last.StartsWith(by.Fails, StringComparison.Ordinal), $"{name}: {last} is no error of {caller}");
            Assert.False(Caller.EventsOf(reply).Any(data => data.Contains(by.Ends, StringComparison.Ordinal)), $"{name}: it looks complete: {reply.Body}");
            Assert.Equal(("broken", 200, behind.Provider, 0, 1), (row.Outcome, row.Status, row.Provider, row.Fallbacks, row.Attempts));
            var words = by.TextOf(reply).Split(' ').Length;
            Assert.True(row is { Prompt: > 0, CostKnown: true, CostNanos: > 0, ErrorType.Length: > 0 } && row.Completion >= words, $"{name}: {words} words, {row}");
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_group_may_hold_deployments_of_two_dialects(string caller, string model)
    {
        var (by, behind) = (Caller.Of(caller), DialectModel.Of(model));
        var id = CallRuns.IdOf(by, behind, "ordered");

        Assert.Equal("You said: hello", by.TextOf(runs.Reply(id)));

        var row = Assert.Single(runs.Rows[id]);
        Assert.Equal(("success", DialectModel.Of(CallRuns.Substitute[model]).Provider, 0), (row.Outcome, row.Provider, row.Fallbacks));
        Assert.True(row.Attempts > 1, $"{row}");
    }
}
