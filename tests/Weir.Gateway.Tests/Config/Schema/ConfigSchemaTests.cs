using System.Buffers;
using System.Text.Json;
using Weir.Gateway.Config.Schema;

namespace Weir.Gateway.Tests.Config.Schema;

public sealed class ConfigSchemaTests
{
    [Fact]
    public void The_committed_JSON_Schema_is_the_generated_one()
    {
        var output = new ArrayBufferWriter<byte>();
        ConfigSchemaWriter.Write(output);
        var path = Path.Combine(FindRepository(), "docs", "reference", "config.schema.json");
        if (Environment.GetEnvironmentVariable("WEIR_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, output.WrittenSpan);
        }

        Assert.True(File.Exists(path), "docs/reference/config.schema.json is missing; run the tests with WEIR_UPDATE_GOLDEN=1.");
        Assert.True(output.WrittenSpan.SequenceEqual(File.ReadAllBytes(path)), "docs/reference/config.schema.json is out of date; run the tests with WEIR_UPDATE_GOLDEN=1.");
    }

    [Fact]
    public void The_JSON_Schema_refers_only_to_what_it_defines()
    {
        var output = new ArrayBufferWriter<byte>();
        ConfigSchemaWriter.Write(output);
        using var json = JsonDocument.Parse(output.WrittenMemory);
        var defined = json.RootElement.GetProperty("$defs").EnumerateObject().Select(property => "#/$defs/" + property.Name).ToHashSet();

        var used = References(json.RootElement).ToHashSet();

        Assert.True(used.Count > 10);
        Assert.Equal(defined.Order(), used.Order());
    }

    [Fact]
    public void Every_key_is_described_in_one_line_and_a_restricting_key_says_what_it_restricts()
    {
        foreach (var key in ConfigSchema.Places.SelectMany(place => place.Section.Keys).Concat(McpServerKeys.Section.Keys).Concat(GuardrailKeys.Section.Keys))
        {
            Assert.False(string.IsNullOrWhiteSpace(key.Description), key.Name);
            Assert.DoesNotContain('\n', key.Description);
            Assert.False(key.Description.EndsWith('.'), key.Name);
            Assert.True(key.Mark != KeyMark.Restricts || char.IsLower(key.Description[0]) || key.Description.StartsWith('/'), key.Name);
            Assert.True(key.When != RestrictsWhen.Named || !key.RestrictingValues.IsEmpty, key.Name);
        }
    }

    [Theory]
    [InlineData("guardrails")]
    [InlineData("policies")]
    [InlineData("litellm_settings.max_internal_user_budget")]
    [InlineData("litellm_settings.redact_user_api_key_info")]
    [InlineData("general_settings.custom_auth")]
    [InlineData("general_settings.enable_jwt_auth")]
    [InlineData("general_settings.enforce_user_param")]
    [InlineData("general_settings.max_parallel_requests")]
    [InlineData("model_list[].litellm_params.guardrails")]
    public void What_guards_is_marked_as_restricting(string path)
    {
        var (place, name) = path.LastIndexOf('.') is var dot and >= 0 ? (path[..dot], path[(dot + 1)..]) : ("the top level", path);

        Assert.Equal(KeyMark.Restricts, ConfigSchema.Places.Single(item => item.Place == place).Section.Find(name)!.Mark);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The repository's root was not found.");
    }
}
