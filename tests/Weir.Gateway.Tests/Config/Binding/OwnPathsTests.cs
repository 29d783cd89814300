using System.Text.RegularExpressions;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Tests.Pipeline;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed partial class OwnPathsTests
{
    [Fact]
    public async Task Every_route_of_Weirs_own_is_known_as_taken()
    {
        await using var stand = await EngineStand.StartAsync(
            "model_list: [{model_name: m, litellm_params: {model: openai/m, api_base: UPSTREAM, api_key: k} }]", TestContext.Current.CancellationToken);
        using var list = System.Text.Json.JsonDocument.Parse(await stand.Http.GetStringAsync("/routes", TestContext.Current.CancellationToken));

        var paths = list.RootElement.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("path").GetString() ?? "").ToList();
        var own = paths.Where(path => !PassThroughVendors.All.Any(vendor => path == vendor.Path + "/{**path}")).ToList();

        Assert.True(own.Count > 60, $"{own.Count} routes");
        Assert.All(own, path => Assert.True(OwnPaths.Hold(Hole().Replace(path, "x")), path));
    }

    [Theory]
    [InlineData("/bria")]
    [InlineData("/v1/ocr")]
    [InlineData("/anthropic/special")]
    [InlineData("/bria/v1/text-to-image")]
    public void Other_paths_are_free(string path) => Assert.False(OwnPaths.Hold(path));

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();
}
