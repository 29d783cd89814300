using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;

namespace Weir.EndToEnd.Anthropic;

/// <summary>What a user of the official SDK writes. It knows an address, a key and the name of a model, and not what stands behind them.</summary>
internal sealed class AnthropicProgram(string root, string key, string model)
{
    private readonly AnthropicClient _client = new() { ApiKey = key, BaseUrl = root, MaxRetries = 0 };

    /// <summary>One question and its answer.</summary>
    public Task<Message> AskAsync(string text, CancellationToken cancellationToken) =>
        _client.Messages.Create(Question([new UserMessageParam { Content = text }]), cancellationToken);

    /// <summary>One question, its answer read as it comes.</summary>
    public async Task<StreamedMessage> StreamAsync(string text, CancellationToken cancellationToken)
    {
        var said = new StringBuilder();
        string? finish = null;
        long tokens = 0;
        var stopped = false;
        await foreach (var part in _client.Messages.CreateStreaming(Question([new UserMessageParam { Content = text }]), cancellationToken))
        {
            if (part.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var delta))
            {
                said.Append(delta.Text);
            }
            else if (part.TryPickDelta(out var end))
            {
                finish = end.Delta.StopReason?.Raw();
                tokens = end.Usage.OutputTokens;
            }
            else
            {
                stopped |= part.TryPickStop(out _);
            }
        }

        return new StreamedMessage(said.ToString(), finish, tokens, stopped);
    }

    /// <summary>A question that needs a tool; the tool's result goes back. With thoughts, these go back too.</summary>
    public async Task<(Message First, Message Second)> UseToolAsync(bool thinking, CancellationToken cancellationToken)
    {
        var messages = new List<MessageParam> { new UserMessageParam { Content = "the weather?" } };
        var first = await _client.Messages.Create(WithTool(messages, thinking), cancellationToken);
        var said = new List<ContentBlockParam>();
        var results = new List<ContentBlockParam>();
        foreach (var block in first.Content)
        {
            if (block.TryPickText(out var text))
            {
                said.Add(new TextBlockParam { Text = text.Text });
            }
            else if (block.TryPickThinking(out var thought))
            {
                said.Add(new ThinkingBlockParam { Thinking = thought.Thinking, Signature = thought.Signature });
            }
            else if (block.TryPickToolUse(out var call))
            {
                said.Add(new ToolUseBlockParam { ID = call.ID, Name = call.Name, Input = call.Input });
                results.Add(new ToolResultBlockParam { ToolUseID = call.ID, Content = "sunny in " + call.Input["city"].GetString() });
            }
        }

        messages.Add(new AssistantMessageParam { Content = said });
        messages.Add(new UserMessageParam { Content = results });
        return (first, await _client.Messages.Create(WithTool(messages, thinking), cancellationToken));
    }

    /// <summary>Tokens of a prompt.</summary>
    public async Task<long> CountAsync(string text, CancellationToken cancellationToken) =>
        (await _client.Messages.CountTokens(new MessageCountTokensParams { Model = model, Messages = [new UserMessageParam { Content = text }] }, cancellationToken)).InputTokens;

    /// <summary>The text of an answer.</summary>
    public static string TextOf(Message message) =>
        string.Concat(message.Content.Select(b => b.TryPickText(out var text) ? text.Text : ""));

    private MessageCreateParams Question(List<MessageParam> messages) => new() { Model = model, MaxTokens = 4_000, Messages = messages };

    private MessageCreateParams WithTool(List<MessageParam> messages, bool thinking)
    {
        var question = Question(messages) with
        {
            Tools =
            [
                new Tool
                {
                    Name = "get_weather",
                    Description = "Weather of a city",
                    InputSchema = new InputSchema
                    {
                        Properties = new Dictionary<string, JsonElement> { ["city"] = JsonSerializer.SerializeToElement(new { type = "string" }) },
                        Required = ["city"],
                    },
                },
            ],
        };
        return thinking ? question with { Thinking = new ThinkingConfigEnabled { BudgetTokens = 1_024 } } : question;
    }

    /// <summary>A message that was read as it came.</summary>
    /// <param name="Text">Its words.</param>
    /// <param name="Finish">Why it ended; null = nobody said.</param>
    /// <param name="Tokens">Its tokens.</param>
    /// <param name="Stopped">The last event came.</param>
    internal sealed record StreamedMessage(string Text, string? Finish, long Tokens, bool Stopped);
}
