using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Weir.Gateway.Ledger;

namespace Weir.Server.Demo;

/// <summary>The story that <c>weir demo</c> tells: a streamed answer, an outage in the middle of a tool loop, and what each call cost.</summary>
internal sealed class DemoStory(RunningGateway gateway, DemoUpstreams upstreams, DemoClient client, IAnsiConsole console)
{
    private readonly List<(string What, string CallId)> _calls = [];

    /// <summary>Tells it once.</summary>
    internal async Task TellAsync(CancellationToken cancellationToken)
    {
        Say("1", "A developer asks the chatbot; the answer streams from [bold]Azure[/].");
        await AskAsync("question", [Message("user", "What does a readiness probe do?")], withTool: false, cancellationToken);

        Say("2", $"The support bot gets to work: [italic]{Markup.Escape(DemoUpstreams.Question)}[/]");
        var question = Message("user", DemoUpstreams.Question);
        var second = await AskAsync("tool call", [question], withTool: true, cancellationToken);
        console.MarkupLine($"   Azure wants a tool called: [yellow]{Markup.Escape(second.ToolName ?? "")}[/] {Markup.Escape(second.ToolArguments ?? "")}");

        await upstreams.Azure.StopListeningAsync();
        Say("3", "[red]Azure goes down[/], in the middle of the tool loop. The bot sends the tool's result to the same model name ...");
        var third = await AskAsync("tool result",
            [question, ToolCall(second), Message("tool", DemoUpstreams.ToolResult, "call_1")], withTool: true, cancellationToken);
        console.MarkupLine($"   ... and the [green]local Llama[/] finished it: {third.Fallbacks} fallback, no code changed, nothing lost.");
        await upstreams.Azure.ResumeListeningAsync(cancellationToken);

        Say("4", "What each call cost, from the ledger:");
        await gateway.Journal.FlushAsync(cancellationToken);
        await WriteCostsAsync(cancellationToken);
    }

    private async Task<DemoReply> AskAsync(string what, string[] messages, bool withTool, CancellationToken cancellationToken)
    {
        console.Markup("   [grey]>[/] ");
        var reply = await client.ChatAsync($"[{string.Join(',', messages)}]", withTool, piece => console.Write(piece), cancellationToken);
        console.WriteLine(reply.Text.Length == 0 ? "(a tool call)" : "");
        _calls.Add((what, reply.CallId));
        return reply;
    }

    private async Task WriteCostsAsync(CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in (string[])["Call", "Answered by", "Tokens", "First token", "Tries", "USD"])
        {
            table.AddColumn(column);
        }
        var total = 0m;
        foreach (var (what, callId) in _calls)
        {
            var record = (await gateway.Ledger.FindAsync(callId, cancellationToken))?.Record
                ?? throw new StartException($"the ledger has no row for the call {callId}.");
            total += record.Cost.Dollars;
            table.AddRow(what, $"{record.Provider}/{record.UpstreamModel}", $"{Count(record.Usage.Prompt)} + {Count(record.Usage.Completion)}",
                $"{record.TimeToFirstToken?.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) ?? "-"} ms", Count(record.AttemptCount), CostOf(record));
        }
        table.AddRow("[bold]together[/]", "", "", "", "", $"[bold]{total.ToString("0.000000", CultureInfo.InvariantCulture)}[/]");
        console.Write(table);
    }

    private void Say(string step, string markup)
    {
        console.WriteLine();
        console.MarkupLine($"[blue]{step}[/]  {markup}");
    }

    private static string CostOf(RequestRecord record) => record.CostKnown ? record.Cost.Dollars.ToString("0.000000", CultureInfo.InvariantCulture) : "unknown";

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Message(string role, string content, string? toolCallId = null) => toolCallId is null
        ? $$"""{"role":"{{role}}","content":{{Json(content)}}}"""
        : $$"""{"role":"{{role}}","tool_call_id":"{{toolCallId}}","content":{{Json(content)}}}""";

    private static string ToolCall(DemoReply reply)
    {
        var function = $"{{\"name\":{Json(reply.ToolName ?? "")},\"arguments\":{Json(reply.ToolArguments ?? "")}}}";
        return $"{{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{{\"id\":\"call_1\",\"type\":\"function\",\"function\":{function}}}]}}";
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
