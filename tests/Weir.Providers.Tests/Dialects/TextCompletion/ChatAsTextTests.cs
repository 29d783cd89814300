using System.Buffers;
using System.Text;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Dialects.TextCompletion;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Dialects.TextCompletion;

public sealed class ChatAsTextTests
{
    [Theory]
    [InlineData("""{"model":"m","prompt":"a\u00fc\"b","n":1}""", """{"model":"m","messages":[{"role":"user","content":"a\u00fc\"b"}],"n":1}""")]
    [InlineData("""{"prompt" : [ "one" ],"model":"m"}""", """{"messages":[{"role":"user","content":"one"}],"model":"m"}""")]
    public void One_prompt_becomes_one_message_of_the_user(string body, string expected) => Assert.Equal(expected, Patched(body));

    [Theory]
    [InlineData("""{"prompt":["a","b"]}""")]
    [InlineData("""{"prompt":[1,2]}""")]
    [InlineData("""{"prompt":[]}""")]
    [InlineData("""{"prompt":null}""")]
    public void Anything_else_is_not_one_message(string body) => Assert.Null(Patched(body));

    [Fact]
    public void A_whole_answer_keeps_what_both_forms_have()
    {
        const string Chat = """{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hé \"x\"\n\ud83d","refusal":null},"logprobs":{"content":[]},"finish_reason":"stop"},{"index":1,"message":{"content":null,"tool_calls":[{"function":{"content":"no"}}]},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"nested":{"a":[1,2]}},"x":[{}]}""";

        Assert.Equal(
            """{"id":"c","object":"text_completion","model":"m","choices":[{"index":0,"finish_reason":"stop","text":"Hé \"x\"\n\ud83d","logprobs":null},{"index":1,"finish_reason":"length","text":"","logprobs":null}],"usage":{"prompt_tokens":1,"nested":{"a":[1,2]}},"x":[{}]}""",
            Written(target => ChatAsText.Translate(Encoding.UTF8.GetBytes(Chat), target)));
    }

    [Fact]
    public void Events_are_translated_one_by_one_and_what_is_no_JSON_passes()
    {
        const string Chat = ": hi\n\ndata: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}]}\r\n\r\n"
            + "data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: {\"choices\":[{\"delta\n\ndata: [DONE]\n\n";

        Assert.Equal(
            ": hi\n\ndata: {\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"finish_reason\":null,\"text\":\"\",\"logprobs\":null}]}\n\n"
            + "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"logprobs\":null}]}\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: {\"choices\":[{\"delta\n\ndata: [DONE]\n\n",
            Written(target => ChatAsText.TranslateEvents(Encoding.UTF8.GetBytes(Chat), target)));
    }

    private static string? Patched(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var view = new RequestView();
        Assert.Null(RequestReader.Read(bytes, view));
        var target = new PatchedBody();
        target.Reset(bytes);
        return ChatAsText.TryPatch(bytes, view, target) ? Encoding.UTF8.GetString(target.ToArray()) : null;
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>();
        write(target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
