using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using OpenAI.Responses;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.OpenAI;

/// <summary>The responses of the official OpenAI SDK for .NET through the gateway, from a model behind every dialect.</summary>
public sealed class ResponsesCrossingTests(DialectStand stand) : IClassFixture<DialectStand>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => DialectStand.Models;

    [Theory]
    [MemberData(nameof(Models))]
    public async Task It_asks_and_streams(string model)
    {
        ResponseResult answer = await Client().CreateResponseAsync(model, "hello", cancellationToken: Token);
        var (text, last) = await StreamAsync(model, "one two three");

        Assert.Equal(("You said: hello", ResponseStatus.Completed, 4, 3), (answer.GetOutputText(), answer.Status, answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal(("You said: one two three", "You said: one two three", 5), (text, last?.GetOutputText(), last?.Usage.OutputTokenCount));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task It_calls_a_tool_and_brings_everything_back(string model)
    {
        var input = new List<ResponseItem> { ResponseItem.CreateUserMessageItem("the weather?") };
        ResponseResult first = await Client().CreateResponseAsync(WithTool(model, input), Token);
        input.AddRange(first.OutputItems);
        var call = Assert.Single(first.OutputItems.OfType<FunctionCallResponseItem>());
        using var arguments = JsonDocument.Parse(call.FunctionArguments);
        input.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "sunny in " + arguments.RootElement.GetProperty("city").GetString()));

        ResponseResult second = await Client().CreateResponseAsync(WithTool(model, input), Token);

        Assert.Equal("The tool answered: sunny in Bern", second.GetOutputText());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_rate_limit_a_blocked_prompt_and_a_wrong_key_have_their_status(string model)
    {
        var limited = await Assert.ThrowsAsync<ClientResultException>(() => Client().CreateResponseAsync(model + "~429:1", "hello", cancellationToken: Token));
        var wrongKey = await Assert.ThrowsAsync<ClientResultException>(() => Client("sk-wrong").CreateResponseAsync(model, "hello", cancellationToken: Token));

        Assert.Equal((429, 401), (limited.Status, wrongKey.Status));
        if (model == "gem")
        {
            // Google answers a blocked prompt.
            ResponseResult empty = await Client().CreateResponseAsync(model + "~filter", "hello", cancellationToken: Token);
            Assert.Equal(ResponseStatus.Incomplete, empty.Status);
            return;
        }

        var blocked = await Assert.ThrowsAsync<ClientResultException>(() => Client().CreateResponseAsync(model + "~filter", "hello", cancellationToken: Token));
        Assert.Equal(400, blocked.Status);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_stream_that_is_cut_and_one_that_ends_with_an_error_never_look_complete(string model)
    {
        foreach (var fault in new[] { "~cut:6", "~error:6" })
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                var (text, last) = await StreamAsync(model + fault, "one two three");
                Assert.Fail($"it looked complete: {text} {last?.Status}");
            });
            Assert.IsNotType<Xunit.Sdk.FailException>(failure);
        }
    }

    /// <summary>The words of a stream and the response at its end; an error event is thrown.</summary>
    private async Task<(string Text, ResponseResult? Last)> StreamAsync(string model, string question)
    {
        var text = new StringBuilder();
        ResponseResult? last = null;
        await foreach (var update in await Client().CreateResponseStreamingAsync(model, question, cancellationToken: Token))
        {
            switch (update)
            {
                case StreamingResponseOutputTextDeltaUpdate delta:
                    text.Append(delta.Delta);
                    break;
                case StreamingResponseCompletedUpdate end:
                    last = end.Response;
                    break;
                case StreamingResponseErrorUpdate error:
                    throw new InvalidOperationException(error.Message);
                case StreamingResponseFailedUpdate failed:
                    throw new InvalidOperationException(failed.Response.Error.Message);
                default:
                    break;
            }
        }

        return (text.ToString(), last);
    }

    private static CreateResponseOptions WithTool(string model, IEnumerable<ResponseItem> input) => new(model, input)
    {
        Tools = { ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), strictModeEnabled: false, "Weather of a city") },
    };

    private ResponsesClient Client(string? key = null) => new(
        new ApiKeyCredential(key ?? WeirProcess.MasterKey),
        new ResponsesClientOptions { Endpoint = new Uri(stand.Root + "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
