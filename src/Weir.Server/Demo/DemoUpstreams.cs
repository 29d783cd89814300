using Weir.TestKit;
using Weir.TestKit.Scripts;

namespace Weir.Server.Demo;

/// <summary>The two model servers of the demo: a scripted "Azure" deployment and a scripted "local Llama", both on this machine.</summary>
internal sealed class DemoUpstreams : IAsyncDisposable
{
    internal const string AzureKey = "demo-azure-key";
    internal const string Question = "Show me the logs of the failing pod.";
    internal const string ToolResult = "Back-off restarting failed container: exit code 137 (OOMKilled), limit 256Mi";

    private DemoUpstreams(ScriptedModel azure, ScriptedModel llama)
    {
        Azure = azure;
        Llama = llama;
    }

    /// <summary>The "Azure" deployment.</summary>
    internal ScriptedModel Azure { get; }

    /// <summary>The "local Llama".</summary>
    internal ScriptedModel Llama { get; }

    internal static async Task<DemoUpstreams> StartAsync(CancellationToken cancellationToken)
    {
        var azure = await ScriptedModel.StartAsync(
            new ScriptedModelOptions { Flavor = ModelFlavor.Azure, ApiKey = AzureKey, ChunkInterval = TimeSpan.FromMilliseconds(25) }, cancellationToken);
        var llama = await ScriptedModel.StartAsync(new ScriptedModelOptions { ChunkInterval = TimeSpan.FromMilliseconds(25) }, cancellationToken);
        azure.Script.When("readiness probe", ScriptedReply.Say(
            "A readiness probe tells Kubernetes when a pod may get traffic. A failing one takes the pod out of its Service; it does not restart it."));
        azure.Script.When("failing pod", ScriptedReply.Call("get_pod_logs", """{"namespace":"billing","pod":"billing-7d9c"}"""));
        var diagnosis = ScriptedReply.Say(
            "The pod billing-7d9c was killed for memory (OOMKilled, exit code 137): its limit is 256Mi. Raise the limit, or look for a leak in the last release.");
        azure.Script.WhenToolResult("OOMKilled", diagnosis);
        llama.Script.WhenToolResult("OOMKilled", diagnosis);
        return new DemoUpstreams(azure, llama);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Azure.DisposeAsync();
        await Llama.DisposeAsync();
    }
}
