using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Tests.Access;

/// <summary>A key that may use some models only can't get around that by going to the vendor as it is.</summary>
public sealed class PassedOnTests
{
    [Theory]
    [InlineData("gpt-4o", "openai", "gpt-4o", false, true)]
    [InlineData("openai/gpt-4o", "openai", "gpt-4o", false, true)]
    [InlineData("openai/*", "openai", "gpt-4o", false, true)]
    [InlineData("gpt-4o", "openai", "o3", false, false)]
    [InlineData("anthropic/*", "openai", "o3", false, false)]
    [InlineData("gpt-4o", "openai", "", false, false)]
    [InlineData("gpt-4o", "", "", true, true)]
    [InlineData("gpt-4o", "", "o3", true, false)]
    [InlineData("*", "openai", "", false, true)]
    public void The_model_has_to_be_one_of_the_key_s(string models, string provider, string model, bool opened, bool passes)
    {
        var set = ModelSet.Of("key", [models], []);
        var caller = new Caller("h", "dev", false) { Models = set is null ? [] : [set] };
        var refusal = Record.Exception(() => ModelAccess.RequirePassedOn(caller, provider, model, opened));
        Assert.Equal(passes, refusal is null);
        if (refusal is not null)
        {
            Assert.Equal((403, "key_model_access_denied"), (Assert.IsType<GatewayException>(refusal).Error.HttpStatus, ((GatewayException)refusal).Error.WireType));
        }
    }
}
