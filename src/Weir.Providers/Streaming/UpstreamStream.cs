using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;
using Weir.Providers.Upstream;

namespace Weir.Providers.Streaming;

/// <summary>What <see cref="UpstreamStream.NextAsync"/> found.</summary>
public enum StreamStepKind
{
    /// <summary>Bytes for the caller: whole events only.</summary>
    Forward,

    /// <summary>The stream is complete; the bytes are its terminal event, empty in a dialect without one.</summary>
    Done,

    /// <summary>The stream broke.</summary>
    Broken,
}

/// <summary>One step of a stream. The bytes are valid until the next call.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">For the caller, untouched.</param>
/// <param name="Fault">Why it broke.</param>
public readonly record struct StreamStep(StreamStepKind Kind, ReadOnlyMemory<byte> Bytes, UpstreamFault? Fault);

/// <summary>How a stream is passed on.</summary>
/// <param name="Caps">Bounds.</param>
/// <param name="WithholdUsage">The usage chunk was asked for by the gateway, not by the caller: keep it.</param>
/// <param name="StripPromptFilter">Drop Azure's first chunk with empty choices, on which many clients stumble.</param>
public readonly record struct StreamRules(StreamCaps Caps, bool WithholdUsage, bool StripPromptFilter);

/// <summary>
/// An upstream's event stream, passed on event by event: bytes as they came, in one buffer that is used again, so that a
/// forwarded chunk allocates nothing. Reads usage on the way, keeps back what the caller did not ask for, and tells an orderly end from a cut.
/// </summary>
public sealed class UpstreamStream : IDisposable
{
    /// <summary>Events without content are held back so long, so that a fallback can still take over unseen.</summary>
    private const int LongestPreamble = 64 << 10;
    private static int s_outstanding;

    private readonly HttpResponseMessage _response;
    private readonly Stream _source;
    private readonly StreamRules _rules;
    private readonly FaultContext _faults;
    private readonly IDialectGlance _glance;
    private byte[]? _buffer;
    private SseScanner _scanner;
    private StreamFacts _facts;
    private int _filled;
    private int _forwarded;
    private int _ready;
    private long _total;
    private ReadOnlyMemory<byte> _terminal;
    private int _heldStart = -1;
    private int _heldEnd;
    private UpstreamFault? _fault;
    private bool _finishSeen;
    private bool _done;
    private bool _ended;

    /// <summary>Takes over <paramref name="response"/>; <see cref="Dispose"/> closes it.</summary>
    public UpstreamStream(HttpResponseMessage response, Stream source, StreamRules rules, FaultContext faults, IDialectGlance glance)
    {
        _glance = glance;
        _faults = faults;
        _response = response;
        _source = source;
        _rules = rules;
        _buffer = ArrayPool<byte>.Shared.Rent(8192);
        Interlocked.Increment(ref s_outstanding);
    }

    /// <summary>Streams that hold a buffer right now; tests prove that none leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>Usage as far as the upstream has told it; <see cref="TokenUsage.IsEmpty"/> when it never did.</summary>
    public TokenUsage Usage => _facts.Usage;

    /// <summary>What was used besides tokens, as far as the upstream has told it.</summary>
    public MediaUse Media => _facts.Media;

    /// <summary>True once the terminal event has come: the step after the one in hand is the end, and waits for nobody.</summary>
    public bool EndIsHere => _done;

    /// <summary>True once an event with content has been seen.</summary>
    public bool ContentSeen { get; private set; }

    /// <summary>The service tier that the upstream says it served.</summary>
    public ServiceTier Tier => _facts.Tier;

    /// <summary>The generated text, kept for counting.</summary>
    public OutputText Output { get; } = new();

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived => _total;

    /// <summary>
    /// Reads until the first event with content (or the end). Null when the answer can be passed on; a fault when the upstream failed
    /// before it said anything, or in one breath with it. Nothing has been given to the caller then, so another upstream can take over.
    /// </summary>
    public async ValueTask<UpstreamFault?> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Scan();
            if (_fault is not null)
            {
                return _fault;
            }
            if (ContentSeen || _done || _ready > LongestPreamble)
            {
                return null;
            }
            if (_ended)
            {
                return _heldStart >= 0 || _finishSeen || EndsWithBareDone() ? null : Cut();
            }
            if (await FillAsync(cancellationToken) is { } fault)
            {
                return fault;
            }
        }
    }

    /// <summary>The next bytes for the caller, the orderly end, or the break.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StreamStep> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            GiveAway();
            Scan();
            if (_ready > 0)
            {
                _forwarded = _ready;
                return new StreamStep(StreamStepKind.Forward, _buffer.AsMemory(0, _ready), null);
            }
            if (_fault is not null)
            {
                return new StreamStep(StreamStepKind.Broken, default, _fault);
            }
            if (_done)
            {
                return new StreamStep(StreamStepKind.Done, _terminal, null);
            }
            if (_ended)
            {
                return AtEnd();
            }
            if (await FillAsync(cancellationToken) is { } fault)
            {
                return new StreamStep(StreamStepKind.Broken, default, fault);
            }
        }
    }

    private StreamStep AtEnd()
    {
        var clean = _scanner.Pending == _filled;
        if (clean && _heldStart >= 0)
        {
            return new StreamStep(StreamStepKind.Done, _buffer.AsMemory(_heldStart, _heldEnd - _heldStart), null);
        }
        // Some compatible servers close without the terminal event; a finish reason makes that an orderly end.
        return (clean && _finishSeen) || EndsWithBareDone()
            ? new StreamStep(StreamStepKind.Done, _glance.MissingTerminal, null)
            : new StreamStep(StreamStepKind.Broken, default, Cut());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            Interlocked.Decrement(ref s_outstanding);
            _response.Dispose();
            Output.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Looks at every complete event that has not been looked at.</summary>
    private void Scan()
    {
        while (!_done && _fault is null && _scanner.TryRead(_buffer.AsSpan(0, _filled), _ended, out var found))
        {
            if (found.End - found.Start > _rules.Caps.EventBytes)
            {
                _fault = TooLongEvent();
                return;
            }
            if (found.DataEnd == found.DataStart)
            {
                // A comment before any content is not worth committing to this upstream; later ones pass as keep-alives.
                if (!ContentSeen)
                {
                    Remove(found);
                }
                else if (_heldStart < 0)
                {
                    _ready = found.End;
                }
                else
                {
                    Remove(found);
                }
                continue;
            }
            Look(found);
        }
    }

    private void Look(in SseEvent found)
    {
        ReadOnlySpan<byte> data = _buffer.AsSpan(found.DataStart, found.DataEnd - found.DataStart);
        if (found.DataLines > 1)
        {
            data = SseData.Join(data);
        }
        if (_heldStart >= 0)
        {
            // It was not the last one after all.
            _ready = _heldEnd;
            _heldStart = -1;
        }
        var traits = _glance.Look(_buffer.AsSpan(found.NameStart, found.NameEnd - found.NameStart), data, ContentSeen, ref _facts);
        if ((traits & EventTraits.Error) != 0)
        {
            _fault = FaultReader.ReadEvent(data, _faults);
            // The event itself is never passed on: an upstream may repeat a credential in it. The fault is told in the gateway's words.
            return;
        }
        if ((traits & EventTraits.Terminal) != 0)
        {
            _done = true;
            _terminal = _buffer.AsMemory(found.Start, found.End - found.Start);
            return;
        }
        _glance.KeepText(data, Output);
        _finishSeen |= (traits & EventTraits.Finish) != 0;
        if ((traits & EventTraits.Garbage) != 0 && !ContentSeen)
        {
            _fault = new UpstreamFault(FaultKind.BadResponse, 200, "The upstream's stream holds an event that is not JSON.");
            return;
        }
        if ((_rules.WithholdUsage && (traits & EventTraits.UsageOnly) != 0) || (_rules.StripPromptFilter && (traits & EventTraits.PromptFilter) != 0))
        {
            Remove(found);
            return;
        }
        ContentSeen |= (traits & EventTraits.Content) != 0;
        if ((traits & EventTraits.MayBeLast) != 0)
        {
            _heldStart = found.Start;
            _heldEnd = found.End;
            return;
        }
        _ready = found.End;
    }

    /// <summary>Some servers close right behind <c>[DONE]</c>, without the blank line that would end the event.</summary>
    private bool EndsWithBareDone()
    {
        var rest = _buffer.AsSpan(_scanner.Pending, _filled - _scanner.Pending).TrimEnd("\r\n "u8);
        return rest.StartsWith("data:"u8) && rest[5..].TrimStart((byte)' ').SequenceEqual("[DONE]"u8);
    }

    /// <summary>Takes one event out of the buffer.</summary>
    private void Remove(in SseEvent found)
    {
        var length = found.End - found.Start;
        Buffer.BlockCopy(_buffer!, found.End, _buffer!, found.Start, _filled - found.End);
        _filled -= length;
        _scanner.Shift(length);
    }

    /// <summary>Forgets the bytes that the last step gave away.</summary>
    private void GiveAway()
    {
        if (_forwarded == 0)
        {
            return;
        }
        if (_done)
        {
            // The terminal event is read from where it lies: keep the buffer as it is and only stop offering what is gone.
            _forwarded = _ready = 0;
            return;
        }
        Buffer.BlockCopy(_buffer!, _forwarded, _buffer!, 0, _filled - _forwarded);
        _filled -= _forwarded;
        _scanner.Shift(_forwarded);
        if (_heldStart >= 0)
        {
            _heldStart -= _forwarded;
            _heldEnd -= _forwarded;
        }
        _forwarded = _ready = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamFault?> FillAsync(CancellationToken cancellationToken)
    {
        if (_filled - _scanner.Pending > _rules.Caps.EventBytes)
        {
            return TooLongEvent();
        }
        if (_filled == _buffer!.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        try
        {
            var read = await _source.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
            _ended = read == 0;
            _filled += read;
            _total += read;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // Cut by ourselves: a read that was cancelled may fail in its own way.
            cancellationToken.ThrowIfCancellationRequested();
            return Cut();
        }
        return _total > _rules.Caps.TotalBytes
            ? new UpstreamFault(FaultKind.BadResponse, 200, $"The upstream streamed more than {_rules.Caps.TotalBytes} bytes.") { Code = StreamCaps.ExceededCode }
            : null;
    }

    private UpstreamFault TooLongEvent() =>
        new(FaultKind.BadResponse, 200, $"The upstream sent an event longer than {_rules.Caps.EventBytes} bytes.") { Code = StreamCaps.ExceededCode };

    private static UpstreamFault Cut() => new(FaultKind.BadResponse, 200, "The upstream closed the stream before its end.");
}
