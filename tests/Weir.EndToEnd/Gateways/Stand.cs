using Weir.TestKit;

namespace Weir.EndToEnd.Gateways;

/// <summary>What a client talks to.</summary>
public enum Way
{
    /// <summary>The scripted model itself: shows that the model is one that the client understands.</summary>
    Direct,

    /// <summary>The gateway in front of it.</summary>
    ThroughWeir,
}

/// <summary>A scripted model, and a gateway in front of it when asked for. A client changes only its address and its key.</summary>
internal sealed class Stand : IAsyncDisposable
{
    public const string Model = "gpt";

    private const string UpstreamKey = "sk-upstream";

    private readonly WeirProcess? _gateway;

    private Stand(ScriptedModel upstream, WeirProcess? gateway)
    {
        Upstream = upstream;
        _gateway = gateway;
    }

    public ScriptedModel Upstream { get; }

    /// <summary>Root address, without a slash at the end.</summary>
    public string Root => (_gateway?.Address ?? Upstream.BaseAddress).GetLeftPart(UriPartial.Authority);

    public Uri V1 => new(Root + "/v1");

    public string Key => _gateway is null ? UpstreamKey : WeirProcess.MasterKey;

    public string Printed => _gateway?.Output ?? "";

    public static async Task<Stand> StartAsync(Way way, CancellationToken cancellationToken)
    {
        var upstream = await ScriptedModel.StartAsync(new ScriptedModelOptions { ApiKey = UpstreamKey }, cancellationToken);
        if (way == Way.Direct)
        {
            return new Stand(upstream, null);
        }

        try
        {
            var gateway = await WeirProcess.StartAsync(
                $"""
                model_list:
                  - model_name: {Model}
                    litellm_params:
                      model: openai/{Model}
                      api_base: {upstream.V1}
                      api_key: {UpstreamKey}
                  - model_name: "*"
                    litellm_params:
                      model: "openai/*"
                      api_base: {upstream.V1}
                      api_key: {UpstreamKey}
                router_settings:
                  num_retries: 0
                """,
                null,
                cancellationToken);
            return new Stand(upstream, gateway);
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
    }
}
