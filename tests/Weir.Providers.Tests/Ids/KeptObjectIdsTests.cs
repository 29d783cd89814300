using System.Buffers;
using System.Text;
using Weir.Providers.Ids;

namespace Weir.Providers.Tests.Ids;

/// <summary>Answers about files and batches, and the files in chats.</summary>
public sealed class KeptObjectIdsTests
{
    private static readonly WrappedIds Ids = new(new Secret("sk-salt-1"));

    [Theory]
    [InlineData("""{ "id" : "file-1","object":"file","x":{"id":"file-1"} }""", """{ "id" : "<file-1>","object":"file","x":{"id":"file-1"} }""")]
    [InlineData("""{"id":"b","input_file_id":"f","output_file_id":null,"error_file_id":"e","metadata":{"id":"b"}}""", """{"id":"<b>","input_file_id":"<f>","output_file_id":null,"error_file_id":"<e>","metadata":{"id":"b"}}""")]
    [InlineData("""{"object":"list"}""", """{"object":"list"}""")]
    public void Only_the_ids_change(string answer, string expected)
    {
        var edits = new List<IdEdit>();
        Assert.True(KeptObjectIds.Read(Encoding.UTF8.GetBytes(answer), id => "<" + id + ">", edits));
        Assert.Equal(expected.Replace("<", "\\u003C", StringComparison.Ordinal).Replace(">", "\\u003E", StringComparison.Ordinal), Applied(answer, edits));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"id":"x"} {""")]
    [InlineData("""{"id":"x",""")]
    [InlineData("""{"id":"\ud800"}""")]
    public void What_is_not_one_object_is_no_answer(string answer)
    {
        var edits = new List<IdEdit>();
        Assert.False(KeptObjectIds.Read(Encoding.UTF8.GetBytes(answer), id => id, edits));
        Assert.Empty(edits);
    }

    [Theory]
    [InlineData("""{"input":[{"content":[{"file_id":"#","type":"input_file"},{"type":"input_image","file_id":"#"}]}]}""", 2)]
    [InlineData("""{"messages":[{"content":[{"type":"file","file":{"file_id":"#"}}]}]}""", 1)]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["#","#"]}}]}""", 2)]
    [InlineData("""{"input":[{"type":"message","content":[{"type":"output_text","annotations":[{"type":"file_citation","file_id":"raw"}]}]}]}""", 0)]
    [InlineData("""{"input":[{"type":"file_search_call","results":[{"file_id":"raw"}]}]}""", 0)]
    [InlineData("""{"messages":[{"content":[{"type":"file","file":{"file_id":"https://example.com/a.pdf"}},{"type":"file","file":{"file_id":"gs://b/c"}}]}]}""", 0)]
    [InlineData("""{"metadata":{"file_id":"raw"},"file_id":"raw","tools":[{"function":{"parameters":{"properties":{"file_id":{"type":"string"}},"required":["file_id"]}}}]}""", 0)]
    public void A_file_in_a_chat_is_found_by_what_it_is(string body, int found)
    {
        var edits = new List<IdEdit>();
        string? deployment = null;
        var wrapped = body.Replace("#", Ids.Wrap("file-1", "a", "d1"), StringComparison.Ordinal);
        Assert.Null(RequestFileIds.Read(Encoding.UTF8.GetBytes(wrapped), Ids, "a", edits, ref deployment));
        Assert.Equal(found, edits.Count);
        Assert.Equal(found > 0 ? "d1" : null, deployment);
        Assert.Equal(body.Replace("#", "file-1", StringComparison.Ordinal), Applied(wrapped, edits));
        if (found > 0)
        {
            Assert.True(RequestFileIds.MayBeIn(Encoding.UTF8.GetBytes(wrapped)));
            Assert.NotNull(RequestFileIds.Read(Encoding.UTF8.GetBytes(wrapped), Ids, "b", [], ref deployment)?.UnknownId);
            var elsewhere = "d2";
            Assert.Contains("another deployment", RequestFileIds.Read(Encoding.UTF8.GetBytes(wrapped), Ids, "a", [], ref elsewhere!)?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_stream_changes_in_its_ids_alone_however_its_events_are_framed()
    {
        var stream = new AnswerIdStream(new ResponseIdRewriter(Ids, "a"), "d1", null);
        var id = Ids.Wrap("resp_1", "a", "d1");
        const string Delta = "event: response.output_text.delta\r\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"resp_1\"}\r\n\r\n";
        const string Created = ": hello\n\nevent: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\"}}\nid: 7\n\n";
        Assert.Equal(Delta, Text(stream.Translate(Encoding.UTF8.GetBytes(Delta))));
        Assert.Equal(Created.Replace("\"resp_1\"", $"\"{id}\"", StringComparison.Ordinal) + Delta, Text(stream.Translate(Encoding.UTF8.GetBytes(Created + Delta))));
        Assert.Equal($"data: {{\"response\": {{\"id\":\"{id}\"}}}}\n\n", Text(stream.Finish("data: {\"response\":\ndata: {\"id\":\"resp_1\"}}\n\n"u8, default)));
        Assert.Equal("data: [DONE]\n\n", Text(stream.Finish("data: [DONE]\n\n"u8, default)));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Applied(string text, List<IdEdit> edits)
    {
        var target = new ArrayBufferWriter<byte>();
        IdEdit.Apply(Encoding.UTF8.GetBytes(text), edits, target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
