using Weir.TestKit;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Gateways;

/// <summary>One gateway, and behind it a model for each dialect, sound and with the faults that every client has to get over.</summary>
public sealed class DialectStand : IAsyncLifetime
{
    private ScriptedModel? _models;
    private WeirProcess? _gateway;

    /// <summary>The names of the models.</summary>
    public static TheoryData<string> Models => [.. DialectModel.All.Select(model => model.Group)];

    /// <summary>Root address of the gateway, without a slash at the end.</summary>
    internal string Root => _gateway?.Address.GetLeftPart(UriPartial.Authority) ?? throw new InvalidOperationException("not started");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _models = await ScriptedModel.StartAsync(DialectModel.Server, token);
        _models.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        _gateway = await WeirProcess.StartAsync(
            $$"""
            model_list:
            {{string.Concat(DialectModel.All.Select(m => m.Deployments(_models, "", "~429:1", "~cut:5", "~error:5", "~filter")))}}
            router_settings:
              num_retries: 0
              disable_cooldowns: true
            """,
            null,
            token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_models?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
