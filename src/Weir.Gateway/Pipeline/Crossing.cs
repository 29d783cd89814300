using System.Buffers;
using Weir.Gateway.Errors;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// One attempt whose upstream speaks another format than the caller: the body is said again in the upstream's, and what the way back needs
/// is kept. Where both speak the same there is no crossing, and bytes pass through.
/// </summary>
internal sealed class Crossing : ICrossing
{
    private readonly IChatDialect _caller;
    private readonly IChatDialect _upstream;
    private readonly AnswerContext _context;

    private Crossing(IChatDialect caller, IChatDialect upstream, AnswerContext context)
    {
        _caller = caller;
        _upstream = upstream;
        _context = context;
    }

    /// <summary>Says the patched body of <paramref name="call"/> in the upstream's format and puts it in its place.</summary>
    /// <param name="call">The request; its patches are made.</param>
    /// <param name="target">Where it goes, and what is spoken there.</param>
    /// <param name="model">The upstream's model.</param>
    /// <param name="wantUsage">Whether a stream of the upstream has to be asked for its usage.</param>
    /// <param name="fault">Why it can't be said there; null when it can.</param>
    /// <exception cref="GatewayException">The caller's body can't be read.</exception>
    internal static Crossing? Begin(GatewayCall call, UpstreamTarget target, UpstreamModel model, bool wantUsage, out UpstreamFault? fault)
    {
        fault = null;
        var format = target.Format;
        var (caller, upstream) = (ChatDialects.Of(call.Format), ChatDialects.Of(format));
        ChatTurn turn;
        try
        {
            turn = caller.ReadRequest(call.Patched.ToArray());
        }
        catch (DialectException wrong)
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"{call.Surface.Name}: {wrong.Message}") { Param = wrong.Member });
        }
        turn.Model = model.Model;
        turn.Stream = call.Stream;
        var asked = turn.IncludeUsage;
        turn.IncludeUsage = call.Stream && wantUsage ? true : null;
        turn.MaxTokens ??= format is WireFormat.AnthropicMessages ? model.Price?.Facts.MaxOutputTokens : null;
        var dropped = new Dropped();
        var body = new ArrayBufferWriter<byte>(1024);
        try
        {
            if (IsOpenAIs(target))
            {
                // Compatible servers pass over what OpenAI itself refuses: thoughts, seals, marks of caches.
                StrictOpenAI.Strip(turn, dropped);
            }
            upstream.WriteRequest(turn, body, dropped);
        }
        catch (DialectException unsaid)
        {
            fault = new UpstreamFault(FaultKind.BadRequest, 0, unsaid.Message) { Param = unsaid.Member };
            return null;
        }
        turn.IncludeUsage = asked;
        call.Patched.Reset(body.WrittenMemory);
        if (target.Variant is { } variant)
        {
            var view = new RequestView();
            RequestReader.Read(body.WrittenSpan, view, format);
            RequestPatcher.Apply(body.WrittenMemory, view, variant, wantUsage: false, [], call.Patched);
        }
        call.Dropped = [.. call.Dropped, .. dropped.Names];
        var context = new AnswerContext(turn, call.Record.CallId.Replace("-", "", StringComparison.Ordinal), call.Record.StartedAt.ToUnixTimeSeconds());
        return new Crossing(caller, upstream, context);
    }

    private static bool IsOpenAIs(UpstreamTarget target) => target.Format == WireFormat.OpenAIChat
        && (target.Whole.Host.Equals("api.openai.com", StringComparison.OrdinalIgnoreCase)
            || target.Whole.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase)
            || target.Whole.Host.EndsWith(".services.ai.azure.com", StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem)
    {
        problem = "";
        try
        {
            var result = _upstream.ReadAnswer(answer);
            var target = new ArrayBufferWriter<byte>(answer.Length + 512);
            _caller.WriteAnswer(result, _context, target);
            return target.WrittenMemory;
        }
        catch (DialectException unread)
        {
            problem = unread.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public IStreamTranslation Stream() => new StreamTranslator(_upstream.NewReader(), _caller.NewWriter(_context));
}
