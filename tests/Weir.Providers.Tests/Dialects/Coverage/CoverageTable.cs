using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>Counts, feature by feature, the cases in which it is still there after the crossing, and writes the page about it.</summary>
internal sealed class CoverageTable
{
    private readonly List<string> _reasons = [];

    /// <summary>Empty cells that nothing explains.</summary>
    internal List<string> Unexplained { get; } = [];

    /// <summary>The whole page.</summary>
    internal string Write()
    {
        var page = new StringBuilder("""
            # What crosses between dialects

            Written by the tests from their cases (`WEIR_UPDATE_GOLDEN=1 ./test --only Providers`). One table for each dialect that a body comes in;
            the columns are the dialects that it goes out in, whole (requests and answers) and streamed. A number says in how many cases the feature
            is still there when what was written is read back; `2/3` that it is in two of three. A letter says why there is none.


            """);
        foreach (var from in ChatDialects.All)
        {
            WriteTable(page, from);
        }
        page.Append("## Why a cell has no case\n\n");
        for (var i = 0; i < _reasons.Count; i++)
        {
            page.Append($"- {Letter(i)}: {_reasons[i]}\n");
        }
        return page.ToString();
    }

    private void WriteTable(StringBuilder page, IChatDialect from)
    {
        page.Append($"## From {from.Format}\n\n| feature |");
        foreach (var to in ChatDialects.All)
        {
            page.Append($" {to.Format} | streamed |");
        }
        page.Append("\n|---|").Insert(page.Length, "---|---|", ChatDialects.All.Count).Append('\n');
        var cases = DialectCase.All().Where(one => one.Format == from.Format).ToList();
        foreach (var feature in Features.All)
        {
            page.Append($"| {feature} |");
            var having = cases.Where(one => one.Features.Contains(feature)).ToList();
            foreach (var to in ChatDialects.All)
            {
                page.Append($" {Cell(feature, from, to, having, streamed: false)} | {Cell(feature, from, to, having, streamed: true)} |");
            }
            page.Append('\n');
        }
        page.Append('\n');
    }

    private string Cell(string feature, IChatDialect from, IChatDialect to, List<DialectCase> having, bool streamed)
    {
        var cases = having.Where(one => one.Kind == DialectCase.Streams == streamed).ToList();
        var kept = cases.Count(one => Keeps(feature, from, to, one));
        if (kept > 0)
        {
            return kept == cases.Count ? $"{kept}" : $"{kept}/{cases.Count}";
        }
        if (EmptyCells.Reason(feature, from.Format, to.Format, streamed) is not { } reason)
        {
            Unexplained.Add($"{feature}: {from.Format} -> {to.Format}{(streamed ? ", streamed" : "")} (cases: {string.Join(' ', cases)})");
            return "?";
        }
        var at = _reasons.IndexOf(reason);
        if (at < 0)
        {
            at = _reasons.Count;
            _reasons.Add(reason);
        }
        return Letter(at);
    }

    private static bool Keeps(string feature, IChatDialect from, IChatDialect to, DialectCase one)
    {
        try
        {
            switch (one.Kind)
            {
                case DialectCase.Requests:
                    return FeatureSigns.InRequest(feature, to.ReadRequest(Crossing.WriteRequest(to, Crossing.Aim(from.ReadRequest(one.Body), from, to), new Dropped())));
                case DialectCase.Answers:
                    return FeatureSigns.InAnswer(feature, to.ReadAnswer(Crossing.WriteAnswer(to, from.ReadAnswer(one.Body))));
                default:
                    var facts = default(StreamFacts);
                    // An error ends the stream in the gateway's own words, in any dialect: what counts is that it is seen.
                    return feature == "error_in_stream"
                        ? one.Events.Any(e => (from.Look(e.Name, e.Data, true, ref facts) & EventTraits.Error) != 0)
                        : FeatureSigns.InAnswer(feature, DeltaSum.Of(Crossing.ReadStream(to, WireText.Events(to.Format, Crossing.Stream(from, to, one.Events)))));
            }
        }
        catch (DialectException)
        {
            return false;
        }
    }

    private static string Letter(int index) => ((char)('a' + (index % 26))).ToString() + (index < 26 ? "" : (index / 26).ToString(System.Globalization.CultureInfo.InvariantCulture));
}
