using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Pricing;

/// <summary>Makes the embedded table from its source, and holds the committed one against it.</summary>
public sealed class PriceTableFileTests
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    [Fact]
    public void The_committed_table_is_what_its_source_gives()
    {
        var source = Path.Combine(SharedFolder(), "data", "model-prices", "model-prices.json");
        Assert.SkipUnless(File.Exists(source), "the price source is not here: set WEIR_SHARED to the folder that holds data/model-prices");

        var made = Make(File.ReadAllBytes(source));
        var committed = Path.Combine(RepositoryRoot(), "src", "Weir.Providers", "Pricing", "prices.tsv");
        if (Environment.GetEnvironmentVariable("WEIR_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllBytes(committed, made);
        }

        Assert.True(File.ReadAllBytes(committed).AsSpan().SequenceEqual(made), "prices.tsv is not what the source gives: run this test with WEIR_UPDATE_GOLDEN=1");
    }

    [Fact]
    public void A_small_source_makes_the_rows_that_a_person_would_write()
    {
        const string source = """
            {
              "sample_spec": { "note": "left out" },
              "b/small": { "litellm_provider": "b", "mode": "embedding", "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0, "max_input_tokens": 8191 },
              "Zed": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
                       "input_cost_per_token_above_272k_tokens": 5e-06, "max_input_tokens": 400000, "max_output_tokens": 128000,
                       "deprecation_date": "2027-02-06", "supports_vision": true, "supports_function_calling": true, "x_source": "left out" }
            }
            """;
        var lines = Utf8.GetString(Make(Utf8.GetBytes(source))).Split('\n').Where(static line => !line.StartsWith('#'));
        Assert.Equal(
            ["Zed\topenai\tchat\t400000\t128000\t2027-02-06\tfv\ti=2.5 i>272=5 o=10", "b/small\tb\tembedding\t8191\t\t\t\ti=0.02 o=0", ""],
            lines);
    }

    [Fact]
    public void Every_row_of_the_source_is_read_back_as_the_source_has_it()
    {
        var source = Path.Combine(SharedFolder(), "data", "model-prices", "model-prices.json");
        Assert.SkipUnless(File.Exists(source), "the price source is not here: set WEIR_SHARED to the folder that holds data/model-prices");

        var book = PriceBook.WithFile(File.ReadAllBytes(source), "source");
        var rows = 0;
        PriceTable.ForEach(row =>
        {
            rows++;
            var expected = book.Row(row.Facts.Key);
            var found = PriceTable.Find(row.Facts.Key);
            Assert.NotNull(expected);
            Assert.Equal(
                expected.Fields.OrderBy(static f => f.Key, StringComparer.Ordinal),
                row.Fields.OrderBy(static f => f.Key, StringComparer.Ordinal));
            Assert.Equal(expected.Facts with { Supports = row.Facts.Supports }, row.Facts);
            Assert.Equal(expected.Facts.Supports.OrderBy(static f => f.Key, StringComparer.Ordinal), row.Facts.Supports.OrderBy(static f => f.Key, StringComparer.Ordinal));
            Assert.NotNull(found);
            Assert.Equal(row.Facts, found.Facts with { Supports = row.Facts.Supports });
        });
        Assert.Equal(3125, rows);
    }

    private static byte[] Make(byte[] source)
    {
        using var json = JsonDocument.Parse(source);
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in json.RootElement.EnumerateObject().Where(static m => m.Name != "sample_spec"))
        {
            rows[model.Name] = Row(model);
        }

        var text = new StringBuilder()
            .Append("# Made from the merged price catalogues (see ATTRIBUTION.md); edit there, not here. Sorted by name.\n")
            .Append("# name, provider, mode, max input, max output, retirement day, abilities, prices in USD per million units\n");
        foreach (var row in rows.Values)
        {
            text.Append(row).Append('\n');
        }

        return Utf8.GetBytes(text.ToString());
    }

    private static string Row(JsonProperty model)
    {
        var fields = new List<(string Name, decimal Value)>();
        var abilities = new SortedSet<char>();
        foreach (var member in model.Value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Number && member.Name.Contains("cost", StringComparison.Ordinal))
            {
                fields.Add((member.Name, member.Value.GetDecimal()));
            }
            else if (member.Name == "search_context_cost_per_query")
            {
                fields.AddRange(member.Value.EnumerateObject().Select(static size => (size.Name, size.Value.GetDecimal())));
            }
            else if (member.Value.ValueKind == JsonValueKind.True)
            {
                abilities.Add(PriceField.AbilityCode(member.Name) ?? throw new InvalidDataException($"{model.Name}: {member.Name} has no letter in PriceField"));
            }
        }

        var prices = fields
            .Select(field => (Code: PriceField.Code(field.Name) ?? throw new InvalidDataException($"{model.Name}: {field.Name} has no code in PriceField"), field.Value))
            .OrderBy(static field => field.Code, StringComparer.Ordinal)
            .Select(static field => $"{field.Code}={(field.Value * 1_000_000m).ToString("0.############################", CultureInfo.InvariantCulture)}");
        return string.Join('\t', model.Name, Text("litellm_provider"), Text("mode"), Text("max_input_tokens"), Text("max_output_tokens"), Text("deprecation_date"), string.Concat(abilities), string.Join(' ', prices));

        string Text(string name) => model.Value.TryGetProperty(name, out var value) ? value.ToString() : "";
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Weir.slnx is in no folder above the tests");
    }

    private static string SharedFolder() =>
        Environment.GetEnvironmentVariable("WEIR_SHARED") is { Length: > 0 } set ? set : Path.Combine(RepositoryRoot(), "..", "shared");
}
