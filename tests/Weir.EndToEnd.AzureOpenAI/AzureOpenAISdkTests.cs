using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Azure.AI.OpenAI;
using OpenAI.Chat;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.AzureOpenAI;

/// <summary>The official Azure OpenAI SDK for .NET: dated routes and the <c>api-key</c> header.</summary>
public sealed class AzureOpenAISdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_chats_and_streams(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        ChatCompletion answer = await Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token);
        var (text, finish) = await ReadAsync(Chat(stand).CompleteChatStreamingAsync([new UserChatMessage("one two")], cancellationToken: Token));

        Assert.Equal("You said: hello", answer.Content[0].Text);
        Assert.Equal("You said: one two", text);
        Assert.Equal(ChatFinishReason.Stop, finish);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_calls_a_tool_and_brings_the_result_back(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("get_weather", "Weather of a city", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) },
        };
        var messages = new List<ChatMessage> { new UserChatMessage("the weather?") };

        ChatCompletion first = await Chat(stand).CompleteChatAsync(messages, options, Token);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(first.ToolCalls[0].Id, "sunny"));
        ChatCompletion second = await Chat(stand).CompleteChatAsync(messages, options, Token);

        Assert.Equal("""{"city":"Bern"}""", first.ToolCalls[0].FunctionArguments.ToString());
        Assert.Equal("The tool answered: sunny", second.Content[0].Text);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_embeds(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        var embedding = (await Client(stand, null).GetEmbeddingClient(Stand.Model).GenerateEmbeddingAsync("text", cancellationToken: Token)).Value;

        Assert.Equal(64, embedding.ToFloats().Length);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task Errors_keep_their_status(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.Enqueue(Fault.RateLimited("1"), Fault.ContentFilter);

        var limited = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));
        var blocked = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));
        var wrongKey = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand, "sk-wrong").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));

        Assert.Equal([429, 400, 401], new[] { limited, blocked, wrongKey }.Select(e => e.Status));
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_stream_that_is_cut_never_looks_complete(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.SetMode(Fault.CutAfter(3));
        ChatFinishReason? finish = null;

        var failure = await Record.ExceptionAsync(async () =>
            (_, finish) = await ReadAsync(Chat(stand).CompleteChatStreamingAsync([new UserChatMessage("one two")], cancellationToken: Token)));

        Assert.Null(finish);
        Assert.True(failure is not null || way == Way.ThroughWeir);
    }

    private static AzureOpenAIClient Client(Stand stand, string? key) => new(
        new Uri(stand.Root),
        new ApiKeyCredential(key ?? stand.Key),
        new AzureOpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private static ChatClient Chat(Stand stand, string? key = null) => Client(stand, key).GetChatClient(Stand.Model);

    private static async Task<(string Text, ChatFinishReason? Finish)> ReadAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> updates)
    {
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        await foreach (var update in updates)
        {
            foreach (var part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }

            finish = update.FinishReason ?? finish;
        }

        return (text.ToString(), finish);
    }
}
