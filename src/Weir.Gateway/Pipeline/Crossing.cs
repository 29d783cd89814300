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
    private readonly string _vendor;
    private readonly GatewayCall _call;

    private Crossing(GatewayCall call, IChatDialect caller, IChatDialect upstream, AnswerContext context, string vendor)
    {
        _call = call;
        _vendor = vendor;
        _caller = caller;
        _upstream = upstream;
        _context = context;
    }

    /// <summary>Says the patched body of <paramref name="call"/> in the upstream's format and puts it in its place.</summary>
    /// <param name="call">The request; its patches are made.</param>
    /// <param name="target">Where it goes, and what is spoken there.</param>
    /// <param name="model">The upstream's model.</param>
    /// <param name="provider">Who runs it.</param>
    /// <param name="wantUsage">Whether a stream of the upstream has to be asked for its usage.</param>
    /// <param name="fault">Why it can't be said there; null when it can.</param>
    /// <exception cref="GatewayException">The caller's body can't be read.</exception>
    internal static Crossing? Begin(GatewayCall call, UpstreamTarget target, UpstreamModel model, IProvider provider, bool wantUsage, out UpstreamFault? fault)
    {
        fault = null;
        var format = target.Format;
        var (caller, upstream) = (ChatDialects.Of(call.Format), ChatDialects.Of(format));
        var turn = Read(call, caller);
        turn.Model = model.Model;
        turn.Stream = call.Stream;
        var asked = turn.IncludeUsage;
        turn.IncludeUsage = call.Stream && wantUsage ? true : null;
        turn.MaxTokens ??= format is WireFormat.AnthropicMessages ? model.Price?.Facts.MaxOutputTokens : null;
        var dropped = new Dropped();
        var vendor = Seals.VendorOf(format, provider.Name, model.Model);
        Seals.Read(turn, call.Format);
        Seals.DropForeign(turn, vendor, call.Format, dropped);
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
        Replace(call, target, body.WrittenMemory);
        call.Dropped = [.. call.Dropped, .. dropped.Names];
        var context = new AnswerContext(turn, call.Record.CallId.Replace("-", "", StringComparison.Ordinal), call.Record.StartedAt.ToUnixTimeSeconds());
        return new Crossing(call, caller, upstream, context, vendor);
    }

    /// <summary>
    /// A body that would pass through, but may hold marked seals, of a vendor that stood in for this one before: what is another's is taken
    /// out, what is this one's loses its mark, and the body is written anew in its own dialect. The answer passes.
    /// </summary>
    /// <exception cref="GatewayException">The caller's body can't be read.</exception>
    internal static void DropForeignSeals(GatewayCall call, UpstreamTarget target, UpstreamModel model, IProvider provider)
    {
        var dialect = ChatDialects.Of(call.Format);
        var turn = Read(call, dialect);
        var dropped = new Dropped();
        var marked = Seals.Read(turn, call.Format);
        if (!Seals.DropForeign(turn, Seals.VendorOf(target.Format, provider.Name, model.Model), call.Format, dropped) && !marked)
        {
            return;
        }
        turn.Model = model.Model;
        var body = new ArrayBufferWriter<byte>(1024);
        if (IsOpenAIs(target))
        {
            StrictOpenAI.Strip(turn, dropped);
        }
        dialect.WriteRequest(turn, body, dropped);
        Replace(call, target, body.WrittenMemory);
        call.Dropped = [.. call.Dropped, .. dropped.Names];
    }

    private static ChatTurn Read(GatewayCall call, IChatDialect dialect)
    {
        try
        {
            return dialect.ReadRequest(call.Patched.ToArray());
        }
        catch (DialectException wrong)
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"{call.Surface.Name}: {wrong.Message}") { Param = wrong.Member });
        }
    }

    /// <summary>Puts a body that was written anew in the place of the caller's, as the vendor's variant of the format wants it.</summary>
    internal static void Replace(GatewayCall call, UpstreamTarget target, ReadOnlyMemory<byte> body)
    {
        call.Patched.Reset(body);
        if (target.Variant is { } variant)
        {
            var view = new RequestView();
            RequestReader.Read(body.Span, view, target.Format);
            RequestPatcher.Apply(body, view, variant, wantUsage: false, [], call.Patched);
        }
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
            Seals.MarkAnswer(result, _vendor, _caller.Format);
            var lost = new Dropped();
            AnswerLosses.Note(result, _caller.Format, lost);
            _call.Dropped = [.. _call.Dropped, .. lost.Names];
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
    public IStreamTranslation Stream() => new StreamTranslator(_upstream.NewReader(), _caller.NewWriter(_context), new SealMarker(_vendor, _caller.Format));
}
