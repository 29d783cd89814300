using System.CommandLine;
using Weir.Gateway.Audit;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit export</c>: rows by time, as lines of JSON.</summary>
internal static class ExportCommand
{
    internal static Command Build()
    {
        var command = new Command("export", "Write rows by time, one line of JSON each");
        var place = new AuditPlace(command);
        var from = new Option<DateTimeOffset?>("--from") { Description = "At or after; a time without a zone is UTC", HelpName = "TIME", CustomParser = Times.Parse };
        var to = new Option<DateTimeOffset?>("--to") { Description = "Before", HelpName = "TIME", CustomParser = Times.Parse };
        var format = new Option<string>("--format") { Description = "Form of the rows", DefaultValueFactory = static _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl");
        var output = new Option<string?>("--output", "-o") { Description = "File to write; else standard output", HelpName = "FILE" };
        foreach (var option in (Option[])[from, to, format, output])
        {
            command.Options.Add(option);
        }
        command.SetAction((parsed, cancellationToken) => place.RunAsync(parsed, async (store, _) =>
        {
            await using var file = parsed.GetValue(output) is { } path ? new StreamWriter(path) : null;
            var writer = file ?? Console.Out;
            var query = new AuditQuery { OldestFirst = true, PageSize = AuditQuery.MaxPageSize, From = parsed.GetValue(from), To = parsed.GetValue(to) };
            while (true)
            {
                var rows = await store.ListAsync(query, cancellationToken);
                foreach (var row in rows)
                {
                    await writer.WriteLineAsync(AuditLine.Of(row));
                }
                if (rows.Count < query.PageSize)
                {
                    return 0;
                }
                query = query with { Beyond = new AuditCursor(rows[^1].AtMicros, rows[^1].Chain, rows[^1].Seq) };
            }
        }, cancellationToken));
        return command;
    }
}
