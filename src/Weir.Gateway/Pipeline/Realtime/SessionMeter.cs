using System.Text.Json;
using Weir.Providers.Dialects.Realtime;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>
/// Adds up what a session uses, from the upstream's own events: each response is priced by itself, as the vendor bills it, and so is each
/// transcript of what the user said. Written by the one reader of the upstream's events.
/// </summary>
internal sealed class SessionMeter(UpstreamDeployment deployment, UpstreamModel model)
{
    /// <summary>Sound that a model speaks: PCM of 24 kHz and 16 bits, a token for each 50 ms (OpenAI, "Managing costs").</summary>
    private const long BytesPerSpokenToken = 2400;

    private const long BytesPerWrittenToken = 4;

    private string? _transcriptionModel;
    private TokenUsage _usage;
    private Money _cost = Money.Zero;
    private bool _known = true;
    private int _open;
    private long _writtenBytes;
    private long _spokenBytes;
    private long _lastPrompt;

    /// <summary>Responses that have begun and not ended.</summary>
    internal int Open => Volatile.Read(ref _open);

    /// <summary>Counts an event of the upstream; true when it carries a piece of an answer.</summary>
    internal bool Read(EventScanner scanner)
    {
        if (!scanner.Finish())
        {
            // Passed on as it is: what the client makes of it is not known here. A response that ends like this stays open.
            return false;
        }
        switch (scanner.Text(EventMember.Type))
        {
            case "session.created" or "session.updated" or "transcription_session.created" or "transcription_session.updated":
                _transcriptionModel = scanner.Text(EventMember.TranscriptionModel) ?? _transcriptionModel;
                return false;
            case "response.created":
                Volatile.Write(ref _open, _open + 1);
                return false;
            case "response.done":
                Done(scanner);
                return false;
            case "conversation.item.input_audio_transcription.completed":
                Transcribed(scanner.Value(EventMember.Usage));
                return false;
            case { } type when type.StartsWith("response.", StringComparison.Ordinal) && type.EndsWith(".delta", StringComparison.Ordinal):
                var length = Math.Max(0, scanner.Place(EventMember.Delta).Length - 2);
                if (type.EndsWith("audio.delta", StringComparison.Ordinal))
                {
                    _spokenBytes += length * 3 / 4;
                }
                else
                {
                    _writtenBytes += length;
                }
                return true;
            default:
                return false;
        }
    }

    /// <summary>What was used and what it costs; what nobody told the size of is estimated, and the cost then not known.</summary>
    internal (TokenUsage Usage, Money Cost, bool Known) Total()
    {
        if (_open > 0)
        {
            Estimate();
        }
        return (_usage, _cost, _known);
    }

    private void Done(EventScanner scanner)
    {
        Volatile.Write(ref _open, Math.Max(0, _open - 1));
        var usage = default(TokenUsage);
        if (UsageReader.TryRead(scanner.Value(EventMember.ResponseUsage), ref usage))
        {
            _lastPrompt = usage.Prompt;
            Charge(model.Price, usage);
            (_writtenBytes, _spokenBytes) = (0, 0);
        }
        else if (_writtenBytes + _spokenBytes > 0 || scanner.Text(EventMember.ResponseStatus) is "completed" or "incomplete")
        {
            Estimate();
        }
    }

    private void Estimate()
    {
        var written = Math.DivRem(_writtenBytes, BytesPerWrittenToken) is var (whole, rest) && rest > 0 ? whole + 1 : whole;
        var spoken = (_spokenBytes + BytesPerSpokenToken - 1) / BytesPerSpokenToken;
        var usage = new TokenUsage { Prompt = _lastPrompt, Completion = written + spoken, AudioCompletion = spoken };
        usage.Total = usage.Prompt + usage.Completion;
        Charge(model.Price, usage);
        _usage.Estimated = true;
        _known = false;
        (_writtenBytes, _spokenBytes) = (0, 0);
    }

    private void Transcribed(ReadOnlySpan<byte> told)
    {
        var usage = default(TokenUsage);
        var counted = UsageReader.TryRead(told, ref usage);
        var seconds = SecondsIn(told);
        if (!counted && seconds is null)
        {
            // Some upstreams transcribe as a part of the session and tell no use of it.
            return;
        }
        var price = _transcriptionModel is { } name ? deployment.PriceOf(name) : null;
        Add(usage, MediaMeter.Transcription(price, usage, new MediaUse { Seconds = seconds }));
    }

    private void Charge(ModelPrice? price, in TokenUsage usage) => Add(usage, CostMeter.Cost(price, usage));

    private void Add(in TokenUsage usage, Charge charge)
    {
        _usage.Prompt += usage.Prompt;
        _usage.Completion += usage.Completion;
        _usage.Total += usage.Total;
        _usage.CachedPrompt += usage.CachedPrompt;
        _usage.CacheWrite += usage.CacheWrite;
        _usage.Reasoning += usage.Reasoning;
        _usage.AudioPrompt += usage.AudioPrompt;
        _usage.AudioCompletion += usage.AudioCompletion;
        _usage.ImagePrompt += usage.ImagePrompt;
        _usage.CachedAudioPrompt += usage.CachedAudioPrompt;
        _usage.CachedImagePrompt += usage.CachedImagePrompt;
        _cost = new Money(_cost.Nanos > long.MaxValue - charge.Cost.Nanos ? long.MaxValue : _cost.Nanos + charge.Cost.Nanos);
        _known &= charge.Known;
    }

    private static decimal? SecondsIn(ReadOnlySpan<byte> usage)
    {
        if (usage.IsEmpty)
        {
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(usage);
            reader.Read();
            while (reader.TokenType != JsonTokenType.None && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var seconds = reader.ValueTextEquals("seconds"u8);
                reader.Read();
                if (seconds && reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var count))
                {
                    return count;
                }
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A usage that can't be read is no usage, as elsewhere.
            return null;
        }
        return null;
    }
}
