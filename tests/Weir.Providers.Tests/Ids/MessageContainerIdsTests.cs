using System.Buffers;
using System.Text;
using Weir.Providers.Ids;

namespace Weir.Providers.Tests.Ids;

/// <summary>Containers of Anthropic's code execution are their owner's alone.</summary>
public sealed class MessageContainerIdsTests
{
    private static readonly WrappedIds Ids = new(new Secret("sk-salt-1"));

    [Fact]
    public void What_an_answer_hands_out_goes_in_again_for_its_owner_alone()
    {
        var answer = Applied("""{"id":"msg_1","content":[{"type":"text","text":"\"container\":{}"}],"container":{"expires_at":"x","id":"container_1"}}""",
            static (bytes, edits) => new MessageContainerIds(Ids, "a").ReadAnswer(bytes, "d1", edits));
        var id = Ids.Wrap("container_1", "a", "d1");
        Assert.Equal($$$"""{"id":"msg_1","content":[{"type":"text","text":"\"container\":{}"}],"container":{"expires_at":"x","id":"{{{id}}}"}}""", answer);
        foreach (var form in (string[])["{\"model\":\"m\",\"container\":\"ID\",\"x\":1}", "{\"container\":{\"skills\":[{\"id\":\"pdf\"}],\"id\":\"ID\"},\"x\":[1]}"])
        {
            var body = form.Replace("ID", id);
            Assert.True(MessageContainerIds.Concerns(Encoding.UTF8.GetBytes(body)));
            Assert.Equal(form.Replace("ID", "container_1"), Applied(body, static (bytes, edits) =>
            {
                Assert.Null(new MessageContainerIds(Ids, "a").ReadRequest(bytes, edits, out var deployment));
                Assert.Equal("d1", deployment);
            }));
            foreach (var foreign in (string[])[body, form.Replace("ID", "container_1")])
            {
                var refusal = new MessageContainerIds(Ids, "b").ReadRequest(Encoding.UTF8.GetBytes(foreign), [], out _);
                Assert.Equal("container", refusal?.Member);
                Assert.NotNull(refusal?.UnknownId);
            }
        }
    }

    [Fact]
    public void A_stream_says_it_at_its_start_and_at_its_end()
    {
        var id = Ids.Wrap("container_1", "a", "d1");
        foreach (var form in (string[])["{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"container\":{\"id\":\"ID\"}}}", "{\"type\":\"message_delta\",\"delta\":{\"container\":{\"id\":\"ID\"}}}"])
        {
            Assert.Equal(form.Replace("ID", id), Applied(form.Replace("ID", "container_1"), static (bytes, edits) => new MessageContainerIds(Ids, "a").ReadEvent(bytes, "d1", edits)));
        }
    }

    [Theory]
    [InlineData("""{"container":null}""")]
    [InlineData("""{"messages":[{"role":"user","content":"container"}]}""")]
    [InlineData("""{"tools":[{"name":"t","input_schema":{"properties":{"container":{"type":"string"}}}}]}""")]
    public void A_request_that_names_none_stays_as_it_is(string body) => Assert.Equal(body, Applied(body, static (bytes, edits) =>
    {
        Assert.Null(new MessageContainerIds(Ids, "a").ReadRequest(bytes, edits, out var deployment));
        Assert.Null(deployment);
    }));

    private delegate void Find(byte[] bytes, List<IdEdit> edits);

    private static string Applied(string text, Find find)
    {
        var edits = new List<IdEdit>();
        find(Encoding.UTF8.GetBytes(text), edits);
        var target = new ArrayBufferWriter<byte>();
        IdEdit.Apply(Encoding.UTF8.GetBytes(text), edits, target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
