using System.Buffers;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.AnthropicMessages;
using Weir.Providers.Dialects.GeminiGenerate;
using Weir.Providers.Neutral;

namespace Weir.Gateway.Pipeline;

/// <summary>A prompt that its model's vendor counts, said in the vendor's format, and the number in the caller's.</summary>
internal sealed class CountCrossing : ICrossing
{
    private readonly bool _toGemini;

    private CountCrossing(bool toGemini) => _toGemini = toGemini;

    /// <summary>
    /// Says the prompt of <paramref name="call"/> in the format of <paramref name="target"/>; null when it can't be said there, and has to be
    /// counted here. What a count does not need is left out without a word.
    /// </summary>
    internal static CountCrossing? Begin(GatewayCall call, UpstreamTarget target, UpstreamModel model)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        try
        {
            var turn = ChatDialects.Of(call.Format).ReadRequest(call.Patched.ToArray());
            turn.Model = model.Model;
            Seals.Read(turn, call.Format);
            Seals.DropForeign(turn, Seals.VendorOf(target.Format, "", model.Model), call.Format, new Dropped());
            if (target.Format == WireFormat.AnthropicMessages)
            {
                CountTokens.WriteRequest(turn, body);
            }
            else
            {
                GeminiCount.WriteRequest(turn, target.CountsInside, body);
            }
        }
        catch (DialectException)
        {
            return null;
        }
        Crossing.Replace(call, target, body.WrittenMemory);
        return new CountCrossing(call.Format == WireFormat.GeminiGenerate);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem)
    {
        problem = "";
        if ((_toGemini ? CountTokens.ReadReply(answer) : GeminiCount.ReadReply(answer)) is { } tokens)
        {
            return LocalCount.Told(_toGemini, tokens);
        }
        problem = "The upstream's answer holds no count.";
        return null;
    }

    /// <inheritdoc/>
    public IStreamTranslation Stream() => throw new InvalidOperationException("A count is not streamed.");
}
