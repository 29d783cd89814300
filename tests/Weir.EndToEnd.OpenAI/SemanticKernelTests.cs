using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.OpenAI;

/// <summary>Semantic Kernel on its OpenAI connector.</summary>
public sealed class SemanticKernelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_invokes_a_prompt_plain_and_streamed(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        var kernel = Kernel(stand);

        var plain = await kernel.InvokePromptAsync("hello", cancellationToken: Token);
        var streamed = new StringBuilder();
        await foreach (var piece in kernel.InvokePromptStreamingAsync("one two", cancellationToken: Token))
        {
            streamed.Append(piece);
        }

        Assert.Equal("You said: hello", plain.ToString());
        Assert.Equal("You said: one two", streamed.ToString());
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_runs_a_function_that_the_model_calls(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Script.When("weather", ScriptedReply.Call("town-weather", """{"city":"Bern"}"""));
        var kernel = Kernel(stand);
        kernel.ImportPluginFromFunctions("town", [kernel.CreateFunctionFromMethod((string city) => $"sunny in {city}", "weather")]);

        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        var answer = await kernel.InvokePromptAsync("the weather?", new KernelArguments(settings), cancellationToken: Token);

        Assert.Equal("The tool answered: sunny in Bern", answer.ToString());
        Assert.Equal(2, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_embeds(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        var generator = Kernel(stand).Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        var vectors = await generator.GenerateAsync(["a", "b"], cancellationToken: Token);

        Assert.Equal([64, 64], vectors.Select(v => v.Vector.Length));
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task Errors_keep_their_status(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.Enqueue(Fault.RateLimited(), Fault.ContentFilter);
        var kernel = Kernel(stand);

        var limited = await Assert.ThrowsAsync<HttpOperationException>(() => kernel.InvokePromptAsync("hello", cancellationToken: Token));
        var blocked = await Assert.ThrowsAsync<HttpOperationException>(() => kernel.InvokePromptAsync("hello", cancellationToken: Token));
        var wrongKey = await Assert.ThrowsAsync<HttpOperationException>(() => Kernel(stand, "sk-wrong").InvokePromptAsync("hello", cancellationToken: Token));

        Assert.Equal([429, 400, 401], new[] { limited, blocked, wrongKey }.Select(e => (int?)e.StatusCode));
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_stream_that_is_cut_never_looks_complete(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.SetMode(Fault.CutAfter(3));
        object? finish = null;

        var failure = await Record.ExceptionAsync(async () =>
        {
            await foreach (var piece in Kernel(stand).InvokePromptStreamingAsync("one two", cancellationToken: Token))
            {
                finish = piece.Metadata?.GetValueOrDefault("FinishReason") ?? finish;
            }
        });

        Assert.Null(finish);
        Assert.True(failure is not null || way == Way.ThroughWeir);
    }

    private static Kernel Kernel(Stand stand, string? key = null)
    {
        var client = new OpenAIClient(
            new ApiKeyCredential(key ?? stand.Key),
            new OpenAIClientOptions { Endpoint = stand.V1, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
        var builder = Microsoft.SemanticKernel.Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(Stand.Model, client);
        builder.AddOpenAIEmbeddingGenerator(Stand.Model, client);
        return builder.Build();
    }
}
