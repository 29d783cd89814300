using System.Buffers;
using System.Text;
using CsCheck;
using Weir.Providers.Ids;

namespace Weir.Providers.Tests.Ids;

/// <summary>Only ids of stored things change in what passes through, and each tenant reaches its own alone.</summary>
public sealed class ResponseIdRewriterTests
{
    private static readonly WrappedIds Ids = new(new Secret("sk-salt-1"));

    [Fact]
    public void An_answer_keeps_every_byte_but_its_ids()
    {
        var answer = """{ "object" : "response","id":"resp_1", "previous_response_id":"resp_0" ,"conversation":{"id":"conv_1"},"output":[{"id":"msg_1","type":"message"}],"metadata":{"id":"resp_1"},"x":"\u00e9" }""";
        var wrapped = Answer(answer, "a");
        var expected = answer.Replace("\"id\":\"resp_1\", ", $"\"id\":\"{Wrap("resp_1")}\", ").Replace("\"resp_0\"", $"\"{Wrap("resp_0")}\"").Replace("\"conv_1\"", $"\"{Wrap("conv_1")}\"");
        Assert.Equal(expected, wrapped);
    }

    [Fact]
    public void Containers_and_files_are_wrapped_wherever_they_stand_but_in_the_caller_s_own_words()
    {
        const string answer = """
            {"object":"response","id":"resp_1","tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"]}},{"type":"code_interpreter","container":"cntr_1"},
            {"type":"function","parameters":{"file_id":"x","container":"y"}}],"output":[{"id":"ci_1","type":"code_interpreter_call","container_id":"cntr_1"},
            {"id":"msg_1","content":[{"type":"output_text","text":"\"file_id\":\"file-1\"","annotations":[{"type":"container_file_citation","container_id":"cntr_1","file_id":"cfile_1"}]}]},
            {"type":"file_search_call","results":[{"file_id":"file-1","attributes":{"file_id":"z"}}]},{"type":"input_file","file_id":"gs://b/f"}],"metadata":{"file_id":"m"}}
            """;
        var expected = answer.Replace("\"resp_1\"", $"\"{Wrap("resp_1")}\"").Replace("[\"file-1\"]", $"[\"{Wrap("file-1")}\"]").Replace("\"file_id\":\"file-1\"", $"\"file_id\":\"{Wrap("file-1")}\"")
            .Replace("\"cntr_1\"", $"\"{Wrap("cntr_1")}\"").Replace("\"cfile_1\"", $"\"{Wrap("cfile_1")}\"");
        Assert.Equal(expected, Answer(answer, "a"));
        var rewriter = new ResponseIdRewriter(Ids, "a");
        Assert.Equal($$$"""{"type":"response.output_text.annotation.added","item_id":"msg_1","annotation":{"file_id":"{{{Wrap("file-1")}}}"}}""",
            Event(rewriter, """{"type":"response.output_text.annotation.added","item_id":"msg_1","annotation":{"file_id":"file-1"}}"""));
        Assert.Equal($$$"""{"type":"response.output_item.added","item":{"id":"ci_1","container_id":"{{{Wrap("cntr_1")}}}"}}""",
            Event(rewriter, """{"type":"response.output_item.added","item":{"id":"ci_1","container_id":"cntr_1"}}"""));
    }

    [Theory]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":"#cntr_1"}]}""", null)]
    [InlineData("""{"input":[{"container_id":"#cntr_1","type":"code_interpreter_call"}]}""", null)]
    [InlineData("""{"items":[{"content":[{"type":"input_file","file_id":"#file_1"}]}]}""", null)]
    [InlineData("""{"input":[{"content":[{"annotations":[{"file_id":"#file_1","type":"file_citation"}]}]}]}""", null)]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":"cntr_1"}]}""", "container")]
    [InlineData("""{"input":[{"\u0063ontainer_id":"cntr_1"}]}""", "container")]
    public void A_container_goes_in_as_it_came_out_and_no_other_does(string body, string? refused)
    {
        var edits = new List<IdEdit>();
        string? deployment = null;
        var bytes = Encoding.UTF8.GetBytes(Wrapped(body, "a"));
        Assert.True(RequestFileIds.MayBeIn(bytes));
        Assert.Equal(refused, RequestFileIds.Read(bytes, Ids, "a", edits, ref deployment)?.Member);
        if (refused is null)
        {
            Assert.Equal(body.Replace("#", ""), Applied(Wrapped(body, "a"), edits));
        }
    }

    [Fact]
    public void A_citation_of_a_file_that_is_not_the_caller_s_stays_as_it_is()
    {
        var edits = new List<IdEdit>();
        string? deployment = null;
        Assert.Null(RequestFileIds.Read("""{"input":[{"annotations":[{"type":"file_citation","file_id":"file-1"}]}]}"""u8, Ids, "a", edits, ref deployment));
        Assert.Empty(edits);
        Assert.Null(deployment);
    }

    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"msg_1"}],"id":"resp_1","first_id":"msg_1"}""")]
    [InlineData("""{"id":null,"previous_response_id":null,"conversation":null}""")]
    [InlineData("""{"id":7,"conversation":{"id":{}}}""")]
    [InlineData("""{"error":{"message":"x"}}""")]
    [InlineData("""{"id":"resp_1","x":""")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_holds_no_id_stays_as_it_is(string answer) => Assert.Equal(answer, Answer(answer, "a"));

    [Fact]
    public void Events_of_one_stream_carry_one_id()
    {
        var rewriter = new ResponseIdRewriter(Ids, "a");
        var id = Wrap("resp_1");
        Assert.Equal($$$"""{"type":"response.created","response":{"id":"{{{id}}}","previous_response_id":null}}""", Event(rewriter, """{"type":"response.created","response":{"id":"resp_1","previous_response_id":null}}"""));
        Assert.Equal($$$"""{"response":{"output":[{"id":"msg_1"}],"id":"{{{id}}}"},"type":"response.completed"}""", Event(rewriter, """{"response":{"output":[{"id":"msg_1"}],"id":"resp_1"},"type":"response.completed"}"""));
        const string delta = """{"type":"response.output_text.delta","item_id":"msg_1","delta":"\"response\":{\"id\":\"resp_1\"}"}""";
        Assert.Equal(delta, Event(rewriter, delta));
    }

    [Theory]
    [InlineData("""{"model":"m","previous_response_id":"#resp_1","input":"hi"}""", """{"model":"m","previous_response_id":"resp_1","input":"hi"}""")]
    [InlineData("""{"conversation":"#conv_1"}""", """{"conversation":"conv_1"}""")]
    [InlineData("""{"conversation":{"x":1,"id":"#conv_1"},"input":[{"previous_response_id":"resp_9"}]}""", """{"conversation":{"x":1,"id":"conv_1"},"input":[{"previous_response_id":"resp_9"}]}""")]
    [InlineData("""{"previous_response_id":"#resp_1","previous_response_id":"#resp_2"}""", """{"previous_response_id":"resp_1","previous_response_id":"resp_2"}""")]
    public void A_request_of_the_owner_reaches_the_upstream_with_its_own_ids(string body, string expected)
    {
        body = Wrapped(body, "a");
        var edits = new List<IdEdit>();
        Assert.Null(new ResponseIdRewriter(Ids, "a").ReadRequest(Encoding.UTF8.GetBytes(body), edits, out var deployment));
        Assert.Equal("d1", deployment);
        Assert.Equal(expected, Applied(body, edits));
    }

    [Theory]
    [InlineData("""{"previous_response_id":"#resp_1"}""", "previous_response_id")]
    [InlineData("""{"conversation":"#conv_1"}""", "conversation")]
    [InlineData("""{"conversation":{"id":"#conv_1"}}""", "conversation.id")]
    [InlineData("""{"\u0070revious_response_id":"#resp_1"}""", "previous_response_id")]
    public void An_id_of_another_tenant_is_refused_as_one_that_never_was(string body, string member)
    {
        var foreign = new ResponseIdRewriter(Ids, "b").ReadRequest(Encoding.UTF8.GetBytes(Wrapped(body, "a")), [], out var deployment);
        var unknown = new ResponseIdRewriter(Ids, "b").ReadRequest(Encoding.UTF8.GetBytes(body.Replace("#", "")), [], out _);
        Assert.Equal(member, foreign?.Member);
        Assert.Equal(unknown! with { UnknownId = null }, foreign! with { UnknownId = null });
        Assert.NotNull(foreign.UnknownId);
        Assert.Null(deployment);
    }

    [Fact]
    public void Ids_of_two_deployments_in_one_request_are_refused()
    {
        var body = $$"""{"previous_response_id":"{{Ids.Wrap("resp_1", "a", "d1")}}","conversation":"{{Ids.Wrap("conv_1", "a", "d2")}}"}""";
        Assert.Equal("conversation", new ResponseIdRewriter(Ids, "a").ReadRequest(Encoding.UTF8.GetBytes(body), [], out _)?.Member);
    }

    [Fact]
    public void A_request_without_ids_names_no_deployment()
    {
        var edits = new List<IdEdit>();
        Assert.Null(new ResponseIdRewriter(Ids, "a").ReadRequest("""{"input":"hi","previous_response_id":null}"""u8, edits, out var deployment));
        Assert.Null(deployment);
        Assert.Empty(edits);
    }

    [Fact]
    public void What_an_answer_hands_out_comes_back_to_the_upstream_as_it_was() => Gen.Select(Gen.String[Gen.Char[' ', '~'], 1, 60], Gen.OneOf("resp_", "", "conv-")).Sample(
        (rest, prefix) =>
        {
            var id = System.Text.Json.JsonEncodedText.Encode(prefix + rest).ToString();
            var answer = Answer($$"""{"id":"{{id}}","object":"response"}""", "a");
            var body = answer.Replace("\"id\":", "\"previous_response_id\":");
            var edits = new List<IdEdit>();
            Assert.Null(new ResponseIdRewriter(Ids, "a").ReadRequest(Encoding.UTF8.GetBytes(body), edits, out _));
            Assert.Equal($$"""{"previous_response_id":"{{id}}","object":"response"}""", Applied(body, edits));
        },
        iter: 1000);

    private static string Wrap(string id) => Ids.Wrap(id, "a", "d1");

    /// <summary>Each <c>#id</c> in a text is wrapped.</summary>
    private static string Wrapped(string text, string owner) =>
        System.Text.RegularExpressions.Regex.Replace(text, "#([a-z]+_[0-9])", match => Ids.Wrap(match.Groups[1].Value, owner, "d1"));

    private static string Answer(string answer, string owner)
    {
        var edits = new List<IdEdit>();
        new ResponseIdRewriter(Ids, owner).ReadAnswer(Encoding.UTF8.GetBytes(answer), "d1", edits);
        return Applied(answer, edits);
    }

    private static string Event(ResponseIdRewriter rewriter, string data)
    {
        var edits = new List<IdEdit>();
        rewriter.ReadEvent(Encoding.UTF8.GetBytes(data), "d1", edits);
        return Applied(data, edits);
    }

    private static string Applied(string text, List<IdEdit> edits)
    {
        var target = new ArrayBufferWriter<byte>();
        IdEdit.Apply(Encoding.UTF8.GetBytes(text), edits, target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
