using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.OpenAI;

/// <summary>The official OpenAI SDK for .NET.</summary>
public sealed class OpenAISdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_chats(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        ChatCompletion answer = await Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token);

        Assert.Equal("You said: hello", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(4, answer.Usage.InputTokenCount);
        Assert.Equal(3, answer.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_streams_and_sees_the_usage_it_always_asks_for(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        var (text, finish, usage) = await ReadAsync(Chat(stand).CompleteChatStreamingAsync([new UserChatMessage("one two three")], cancellationToken: Token));

        Assert.Equal("You said: one two three", text);
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.Equal(5, usage?.OutputTokenCount);
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

        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal("""{"city":"Bern"}""", first.ToolCalls[0].FunctionArguments.ToString());
        Assert.Equal("The tool answered: sunny", second.Content[0].Text);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_embeds(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        var embedding = (await Client(stand).GetEmbeddingClient(Stand.Model).GenerateEmbeddingAsync("text", cancellationToken: Token)).Value;

        Assert.Equal(64, embedding.ToFloats().Length);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_rate_limit_is_a_429(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.SetMode(Fault.RateLimited("1"));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));

        Assert.Equal(429, error.Status);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_stream_that_is_cut_never_looks_complete(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.SetMode(Fault.CutAfter(3));
        ChatFinishReason? finish = null;

        // Before the gateway's error event the SDK stops without a finish reason; on the bare model it throws.
        var failure = await Record.ExceptionAsync(async () =>
            (_, finish, _) = await ReadAsync(Chat(stand).CompleteChatStreamingAsync([new UserChatMessage("one two three")], cancellationToken: Token)));

        Assert.Null(finish);
        Assert.True(failure is not null || way == Way.ThroughWeir);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_blocked_prompt_is_a_400_and_a_wrong_key_a_401(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);
        stand.Upstream.Faults.Enqueue(Fault.ContentFilter);

        var blocked = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));
        var wrongKey = await Assert.ThrowsAsync<ClientResultException>(() => Chat(stand, "sk-wrong").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Token));

        Assert.Equal(400, blocked.Status);
        Assert.Equal(401, wrongKey.Status);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task It_lists_the_models(Way way)
    {
        await using var stand = await Stand.StartAsync(way, Token);

        var models = (await Client(stand).GetOpenAIModelClient().GetModelsAsync(Token)).Value;

        Assert.Contains(models, m => m.Id is Stand.Model or "scripted");
    }

    private static OpenAIClient Client(Stand stand, string? key = null) => new(
        new ApiKeyCredential(key ?? stand.Key),
        new OpenAIClientOptions { Endpoint = stand.V1, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private static ChatClient Chat(Stand stand, string? key = null) => Client(stand, key).GetChatClient(Stand.Model);

    private static async Task<(string Text, ChatFinishReason? Finish, ChatTokenUsage? Usage)> ReadAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> updates)
    {
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in updates)
        {
            foreach (var part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }

            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        return (text.ToString(), finish, usage);
    }
}
