using Weir.Providers.Neutral;
using static Weir.Providers.Tests.Dialects.GeminiGenerate.Gemini;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>Which schemas Gemini gets in its own subset, and which as JSON Schema.</summary>
public sealed class GeminiSchemaTests
{
    [Theory]
    [InlineData("""{"$schema":"x","type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""",
        """{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a"]}""")]
    [InlineData("""{"properties":{"a":{"type":["integer","null"],"format":"int32","minimum":1}},"required":[]}""",
        """{"properties":{"a":{"type":"INTEGER","format":"int32","minimum":1,"nullable":true}},"type":"OBJECT"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string","title":"In"},{"type":"null"}],"title":"Out","default":null}}}""",
        """{"type":"OBJECT","properties":{"a":{"type":"STRING","title":"In","nullable":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string","format":"email"},"maxItems":3},"b":{"const":"x","type":"string"},"c":{"enum":["x",null],"type":["string","null"]}}}""",
        """{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"STRING"},"maxItems":3},"b":{"enum":["x"],"type":"STRING"},"c":{"enum":["x"],"type":"STRING","nullable":true}}}""")]
    public void A_schema_that_the_subset_holds_is_written_in_it(string schema, string parameters) =>
        Assert.Contains($"\"parameters\":{parameters}", Tool(schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"string"}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","integer"]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","enum":[1,2]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","enum":[""]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":true}}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"object","additionalProperties":true}""")]
    public void Any_other_goes_as_the_JSON_Schema_that_it_is(string schema)
    {
        var tool = Tool(schema);
        Assert.Contains($"\"parametersJsonSchema\":{schema}", tool, StringComparison.Ordinal);
        Assert.DoesNotContain("\"parameters\":", tool, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"$schema":"x"}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_function_without_arguments_has_no_schema(string schema) => Assert.Contains("""{"functionDeclarations":[{"name":"f"}]}""", Tool(schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true,"enum":["x"],"format":"enum"}},"propertyOrdering":["a"]}""",
        """{"type":"object","properties":{"a":{"type":["string","null"],"enum":["x",null]}}}""")]
    [InlineData("""{"type":"OBJECT","properties":{"type":{"type":"ARRAY","min_items":"2","items":{"any_of":[{"type":"NUMBER"}],"nullable":true}}},"example":{"type":[1]}}""",
        """{"type":"object","properties":{"type":{"type":"array","minItems":2,"items":{"anyOf":[{"type":"number"},{"type":"null"}]}}},"examples":[{"type":[1]}]}""")]
    public void Geminis_subset_reads_as_JSON_Schema(string parameters, string schema) =>
        Assert.Equal(schema, Read($$"""{"tools":[{"functionDeclarations":[{"name":"f","parameters":{{parameters}}}]}]}""").Tools[0].Parameters.ToString());

    private static string Tool(string schema)
    {
        var turn = Ask();
        turn.Tools.Add(new("f") { Parameters = Json(schema) });
        return Write(turn).Body;
    }
}
