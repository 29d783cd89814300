using System.CommandLine;
using Weir.Gateway.Audit;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit tail</c>: the newest rows, and with <c>--follow</c> each that comes.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    internal static Command Build()
    {
        var command = new Command("tail", "Show the newest rows, one line of JSON each");
        var place = new AuditPlace(command);
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with each row that comes" };
        var lines = new Option<int>("--lines", "-n") { Description = "How many", DefaultValueFactory = static _ => 20 };
        var kind = new Option<string?>("--kind") { Description = "Only this kind" };
        kind.AcceptOnlyFromAmong([.. Enum.GetValues<AuditKind>().Select(AuditNames.Of)]);
        var call = new Option<string?>("--call") { Description = "Only what happened in this request", HelpName = "ID" };
        foreach (var option in (Option[])[follow, lines, kind, call])
        {
            command.Options.Add(option);
        }
        command.SetAction((parsed, cancellationToken) => place.RunAsync(parsed, async (store, _) =>
        {
            // Before the page is read: what comes meanwhile is shown twice at worst, and never left out.
            var heads = parsed.GetValue(follow) ? (await store.HeadsAsync(cancellationToken)).ToDictionary(static head => head.Chain, static head => head.Seq, StringComparer.Ordinal) : null;
            var wanted = parsed.GetValue(kind) is { } word ? AuditNames.KindOf(word) : null;
            var query = new AuditQuery { PageSize = Math.Clamp(parsed.GetValue(lines), 1, AuditQuery.MaxPageSize), Kind = wanted, CallId = parsed.GetValue(call) };
            foreach (var row in (await store.ListAsync(query, cancellationToken)).Reverse())
            {
                Console.WriteLine(AuditLine.Of(row));
            }
            while (heads is not null)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
                await NewAsync(store, heads, row => (wanted is null || row.Kind == parsed.GetValue(kind)) && (query.CallId is null || row.CallId == query.CallId), cancellationToken);
            }
            return 0;
        }, cancellationToken));
        return command;
    }

    /// <summary>By number and not by time: a call that began early may end late.</summary>
    private static async Task NewAsync(IAuditStore store, Dictionary<string, long> heads, Func<AuditRow, bool> wanted, CancellationToken cancellationToken)
    {
        foreach (var head in await store.HeadsAsync(cancellationToken))
        {
            while (heads.GetValueOrDefault(head.Chain) < head.Seq)
            {
                var rows = await store.ReadAsync(head.Chain, heads.GetValueOrDefault(head.Chain), AuditQuery.MaxPageSize, cancellationToken);
                foreach (var row in rows.Where(wanted))
                {
                    Console.WriteLine(AuditLine.Of(row));
                }
                heads[head.Chain] = rows.Count == 0 ? head.Seq : rows[^1].Seq;
            }
        }
    }
}
