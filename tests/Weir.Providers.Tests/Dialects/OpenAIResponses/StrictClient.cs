using System.Text;
using System.Text.Json;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>
/// Reads a stream as strictly as OpenAI's own clients do together: events in the order that the API promises, numbers without gaps, every
/// index and id known, pieces that add up to what ends them, and a last event that repeats all items.
/// </summary>
internal sealed class StrictClient
{
    private sealed class OpenItem(string id, string type)
    {
        internal string Id { get; } = id;

        internal string Type { get; } = type;

        internal List<string> Parts { get; } = [];

        internal StringBuilder Text { get; } = new();

        internal List<string> Sources { get; } = [];

        internal bool PartOpen { get; set; }

        internal bool InputDone { get; set; }

        internal bool TextDone { get; set; }
    }

    private readonly List<string> _items = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private OpenItem? _open;
    private string? _responseId;
    private int _events;
    private bool _ended;

    /// <summary>The response of the terminal event.</summary>
    internal static JsonElement Read(byte[] stream)
    {
        var client = new StrictClient();
        JsonElement last = default;
        foreach (var one in WireText.Sse(stream, () => int.MaxValue))
        {
            using var document = JsonDocument.Parse(one.Data);
            var data = document.RootElement.Clone();
            Assert.Equal(Encoding.UTF8.GetString(one.Name), data.GetProperty("type").GetString());
            Assert.Equal(client._events++, data.GetProperty("sequence_number").GetInt32());
            Assert.False(client._ended, "An event comes after the terminal one.");
            client.Take(data.GetProperty("type").GetString() ?? "", data);
            last = data;
        }
        Assert.True(client._ended, "The stream has no terminal event.");
        return last.GetProperty("response");
    }

    private void Take(string type, JsonElement data)
    {
        switch (type)
        {
            case "response.created":
                Assert.Equal(1, _events);
                _responseId = Text(data.GetProperty("response"), "id");
                Response(data, "in_progress");
                break;
            case "response.in_progress":
                Assert.Equal(2, _events);
                Response(data, "in_progress");
                break;
            case "response.output_item.added":
                Assert.Null(_open);
                Assert.Equal(_items.Count, data.GetProperty("output_index").GetInt32());
                var item = data.GetProperty("item");
                _open = new OpenItem(Text(item, "id"), Text(item, "type"));
                Assert.True(_ids.Add(_open.Id), "An item's id comes twice.");
                break;
            case "response.output_item.done":
                var done = data.GetProperty("item");
                var open = Here(data);
                Assert.Equal((open.Id, open.Type), (Text(done, "id"), Text(done, "type")));
                Assert.False(open.PartOpen, "An item ends inside a part.");
                Finished(open, done);
                _items.Add(done.GetRawText());
                _open = null;
                break;
            case "response.content_part.added":
                Assert.Equal("message", Begin(data, "content_index").Type);
                break;
            case "response.reasoning_summary_part.added":
                Assert.Equal("reasoning", Begin(data, "summary_index").Type);
                break;
            case "response.output_text.delta" or "response.refusal.delta":
                More(data, "content_index");
                break;
            case "response.reasoning_summary_text.delta":
                More(data, "summary_index");
                break;
            case "response.output_text.annotation.added":
                var cited = InPart(data, "content_index");
                Assert.False(cited.TextDone);
                Assert.Equal(cited.Sources.Count, data.GetProperty("annotation_index").GetInt32());
                cited.Sources.Add(data.GetProperty("annotation").GetRawText());
                break;
            case "response.output_text.done":
                TextDone(data, "content_index", "text");
                break;
            case "response.refusal.done":
                TextDone(data, "content_index", "refusal");
                break;
            case "response.reasoning_summary_text.done":
                TextDone(data, "summary_index", "text");
                break;
            case "response.content_part.done":
                var part = data.GetProperty("part");
                if (part.TryGetProperty("annotations", out var annotations))
                {
                    Assert.Equal(Here(data).Sources, annotations.EnumerateArray().Select(one => one.GetRawText()));
                }
                End(data, "content_index", Text(part, Text(part, "type") == "refusal" ? "refusal" : "text"));
                break;
            case "response.reasoning_summary_part.done":
                End(data, "summary_index", Text(data.GetProperty("part"), "text"));
                break;
            case "response.function_call_arguments.delta":
                Assert.Equal("function_call", Here(data).Type);
                Here(data).Text.Append(Text(data, "delta"));
                break;
            case "response.custom_tool_call_input.delta":
                Assert.Equal("custom_tool_call", Here(data).Type);
                Here(data).Text.Append(Text(data, "delta"));
                break;
            case "response.function_call_arguments.done":
                Assert.Equal(Here(data).Text.ToString(), Text(data, "arguments"));
                Assert.NotEqual("", Text(data, "name"));
                Here(data).InputDone = true;
                break;
            case "response.custom_tool_call_input.done":
                Assert.Equal(Here(data).Text.ToString(), Text(data, "input"));
                Here(data).InputDone = true;
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                Assert.Null(_open);
                Response(data, type["response.".Length..]);
                var output = data.GetProperty("response").GetProperty("output").EnumerateArray().Select(one => one.GetRawText());
                Assert.Equal(_items, output);
                _ended = true;
                break;
            default:
                Assert.Fail($"The event {type} is not of this API.");
                break;
        }
    }

    private void Response(JsonElement data, string status)
    {
        var response = data.GetProperty("response");
        Assert.Equal(_responseId, Text(response, "id"));
        Assert.Equal("response", Text(response, "object"));
        Assert.Equal(status, Text(response, "status"));
        Whole(response);
    }

    /// <summary>The members that strict clients can't do without.</summary>
    internal static void Whole(JsonElement response)
    {
        Assert.StartsWith("resp_", Text(response, "id"));
        Assert.True(response.GetProperty("created_at").GetInt64() > 0);
        foreach (var name in new[] { "error", "incomplete_details", "instructions", "metadata", "max_output_tokens", "previous_response_id", "reasoning", "text", "tool_choice", "truncation", "usage" })
        {
            Assert.True(response.TryGetProperty(name, out _), $"{name} is missing");
        }
        Assert.Equal(JsonValueKind.Array, response.GetProperty("tools").ValueKind);
        Assert.Equal(JsonValueKind.Number, response.GetProperty("temperature").ValueKind);
        Assert.Equal(JsonValueKind.Number, response.GetProperty("top_p").ValueKind);
        Assert.True(response.GetProperty("parallel_tool_calls").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.NotEqual("", Text(response, "model"));
        var status = Text(response, "status");
        Assert.Equal(status == "failed", response.GetProperty("error").ValueKind == JsonValueKind.Object);
        Assert.Equal(status == "incomplete", response.GetProperty("incomplete_details").ValueKind == JsonValueKind.Object);
        if (status != "in_progress")
        {
            var usage = response.GetProperty("usage");
            Assert.Equal(usage.GetProperty("total_tokens").GetInt64(), usage.GetProperty("input_tokens").GetInt64() + usage.GetProperty("output_tokens").GetInt64());
            usage.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt64();
            usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt64();
        }
        foreach (var item in response.GetProperty("output").EnumerateArray().Where(one => Text(one, "type") == "message"))
        {
            Assert.Equal("assistant", Text(item, "role"));
            foreach (var part in item.GetProperty("content").EnumerateArray().Where(one => Text(one, "type") == "output_text"))
            {
                Assert.Equal(JsonValueKind.Array, part.GetProperty("annotations").ValueKind);
            }
        }
    }

    private static void Finished(OpenItem open, JsonElement item)
    {
        switch (open.Type)
        {
            case "message":
                Assert.Equal(open.Parts, item.GetProperty("content").EnumerateArray().Select(part => Text(part, Text(part, "type") == "refusal" ? "refusal" : "text")));
                break;
            case "reasoning":
                Assert.Equal(open.Parts, item.GetProperty("summary").EnumerateArray().Select(part => Text(part, "text")));
                break;
            case "function_call":
                Assert.True(open.InputDone);
                Assert.Equal(open.Text.ToString(), Text(item, "arguments"));
                break;
            case "custom_tool_call":
                Assert.True(open.InputDone);
                Assert.Equal(open.Text.ToString(), Text(item, "input"));
                break;
        }
    }

    private OpenItem Here(JsonElement data)
    {
        Assert.NotNull(_open);
        Assert.Equal(_items.Count, data.GetProperty("output_index").GetInt32());
        if (data.TryGetProperty("item_id", out var id))
        {
            Assert.Equal(_open.Id, id.GetString());
        }
        else
        {
            Assert.True(data.TryGetProperty("item", out _), "An event within an item names no item.");
        }
        return _open;
    }

    private OpenItem Begin(JsonElement data, string index)
    {
        var open = Here(data);
        Assert.False(open.PartOpen, "A part opens inside another.");
        Assert.Equal(open.Parts.Count, data.GetProperty(index).GetInt32());
        (open.PartOpen, open.TextDone) = (true, false);
        open.Text.Clear();
        open.Sources.Clear();
        return open;
    }

    private void More(JsonElement data, string index)
    {
        var open = InPart(data, index);
        Assert.False(open.TextDone);
        open.Text.Append(Text(data, "delta"));
    }

    private void TextDone(JsonElement data, string index, string member)
    {
        var open = InPart(data, index);
        Assert.Equal(open.Text.ToString(), Text(data, member));
        open.TextDone = true;
    }

    private void End(JsonElement data, string index, string text)
    {
        var open = InPart(data, index);
        Assert.True(open.TextDone, "A part ends before its text does.");
        Assert.Equal(open.Text.ToString(), text);
        open.Parts.Add(text);
        open.PartOpen = false;
    }

    private OpenItem InPart(JsonElement data, string index)
    {
        var open = Here(data);
        Assert.True(open.PartOpen, "A piece comes outside of a part.");
        Assert.Equal(open.Parts.Count, data.GetProperty(index).GetInt32());
        return open;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
