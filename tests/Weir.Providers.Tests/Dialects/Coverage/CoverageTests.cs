namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>The coverage table is what the cases show, and no cell is empty without a reason.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void The_coverage_table_is_what_the_cases_show_and_every_empty_cell_has_a_reason()
    {
        var table = new CoverageTable();
        Repository.HoldAgainst(Path.Combine(Repository.Root, "docs", "reference", "dialect-coverage.md"), table.Write());
        Assert.True(table.Unexplained.Count == 0, "Write a case, mend the dialect, or give the reason in EmptyCells:\n" + string.Join('\n', table.Unexplained));
    }

    [Fact]
    public void A_case_shows_the_features_that_it_names()
    {
        var wrong = from one in DialectCase.All()
                    from feature in one.Features
                    where !Shows(one, feature)
                    select $"{one} names {feature}, which its neutral form does not show";
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    private static bool Shows(DialectCase one, string feature)
    {
        var dialect = Weir.Providers.Dialects.ChatDialects.Find(one.Format)!;
        try
        {
            return feature == "error_in_stream" || one.Kind switch
            {
                DialectCase.Requests => FeatureSigns.InRequest(feature, dialect.ReadRequest(one.Body)),
                DialectCase.Answers => FeatureSigns.InAnswer(feature, dialect.ReadAnswer(one.Body)),
                _ => FeatureSigns.InAnswer(feature, DeltaSum.Of(Crossing.ReadStream(dialect, one.Events))),
            };
        }
        catch (Weir.Providers.Dialects.DialectException)
        {
            return true;
        }
    }
}
