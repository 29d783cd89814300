using System.Buffers;
using Weir.Gateway.Errors;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.Embeddings;
using Weir.Providers.Neutral;

namespace Weir.Gateway.Pipeline;

/// <summary>Embeddings of a vendor that is asked in another form than OpenAI's.</summary>
internal sealed class EmbeddingCrossing : ICrossing
{
    private readonly GatewayCall _call;
    private readonly EmbeddingWish _wish;
    private readonly string _model;

    private EmbeddingCrossing(GatewayCall call, EmbeddingWish wish, string model)
    {
        _call = call;
        _wish = wish;
        _model = model;
    }

    /// <summary>What the upstream told that it used; empty before an answer was translated, and where it does not tell.</summary>
    internal TokenUsage Usage { get; private set; }

    /// <summary>Says the patched body of <paramref name="call"/> in <paramref name="form"/> and puts it in its place.</summary>
    /// <exception cref="GatewayException">The body can't be said there.</exception>
    internal static EmbeddingCrossing Begin(GatewayCall call, EmbeddingForm form, UpstreamModel model)
    {
        var dropped = new Dropped();
        var body = new ArrayBufferWriter<byte>(1024);
        try
        {
            var wish = EmbeddingWish.Read(call.Patched.ToArray(), dropped);
            GoogleEmbeddings.WriteRequest(wish, form, model.Model, body);
            call.Patched.Reset(body.WrittenMemory);
            call.Dropped = [.. call.Dropped, .. dropped.Names];
            return new EmbeddingCrossing(call, wish, model.Model);
        }
        catch (DialectException wrong)
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"{call.Surface.Name}: {wrong.Message}") { Param = wrong.Member });
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem)
    {
        problem = "";
        var told = new ArrayBufferWriter<byte>(answer.Length + 512);
        try
        {
            var used = GoogleEmbeddings.Translate(answer, _wish, _model, () => PromptTokens.Count(_call, _model), told);
            Usage = used > 0 ? new TokenUsage { Prompt = used, Total = used } : default;
            return told.WrittenMemory;
        }
        catch (DialectException unread)
        {
            problem = unread.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public IStreamTranslation Stream() => throw new InvalidOperationException("Embeddings are not streamed.");
}
