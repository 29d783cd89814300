using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads the chunks of an OpenAI-shaped stream.</summary>
internal sealed class DeltaReader : IDeltaReader
{
    private const int MostChoices = 256;

    private readonly List<ChoiceStream> _choices = [];
    private string? _tier;
    private bool _started;
    private bool _ended;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        if (data.TrimEnd((byte)' ').SequenceEqual(StreamChunk.Done))
        {
            Finish(deltas);
            return;
        }
        try
        {
            var reader = new BodyReader(data, tolerant: true);
            if (!reader.Json.Read() || reader.Json.TokenType != JsonTokenType.StartObject)
            {
                throw NotJson();
            }
            ReadChunk(ref reader, data, deltas);
        }
        catch (JsonException)
        {
            throw NotJson();
        }
        catch (InvalidOperationException)
        {
            throw new DialectException("", "The upstream's stream holds an invalid \\u escape in a member's name.");
        }
    }

    /// <inheritdoc/>
    public void Finish(List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        _ended = true;
        Start("", "", deltas);
        foreach (var choice in _choices)
        {
            choice.WriteTo(deltas);
            choice.End();
        }
        deltas.Add(new ChatDelta(DeltaKind.End));
    }

    private static DialectException NotJson() => new("", "The upstream's stream holds an event that is not a JSON object.");

    /// <summary>The whole chunk is read before the first step is told, so that a broken one tells nothing.</summary>
    private void ReadChunk(ref BodyReader reader, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        string id = "", model = "";
        var choices = default(BodyReader);
        var usage = default(TokenUsage);
        bool any = false, used = false;
        while (reader.NextMember())
        {
            if (reader.Is("id"u8))
            {
                id = _started ? "" : reader.Text("id") ?? "";
                reader.Json.Skip();
            }
            else if (reader.Is("model"u8))
            {
                model = _started ? "" : reader.Text("model") ?? "";
                reader.Json.Skip();
            }
            else if (reader.Is("choices"u8))
            {
                any = reader.Json.TokenType == JsonTokenType.StartArray;
                choices = reader;
                reader.Json.Skip();
            }
            else if (reader.Is("usage"u8))
            {
                var start = (int)reader.Json.TokenStartIndex;
                reader.Json.Skip();
                used = UsageReader.TryRead(data[start..(int)reader.Json.BytesConsumed], ref usage);
            }
            else if (reader.Is("service_tier"u8))
            {
                _tier = reader.Text("service_tier") ?? _tier;
                reader.Json.Skip();
            }
            else
            {
                reader.SkipMember();
            }
        }
        if (reader.Json.Read())
        {
            throw NotJson();
        }
        while (any && choices.NextItem())
        {
            if (choices.EnterObject("choice"))
            {
                Start(id, model, deltas);
                ReadChoice(ref choices, deltas);
            }
        }
        if (used)
        {
            Start(id, model, deltas);
            deltas.Add(new ChatDelta(DeltaKind.Usage) { Usage = usage, ServiceTier = _tier });
        }
    }

    /// <summary>Azure's first chunk has no id and no choices: the answer begins with the first that has.</summary>
    private void Start(string id, string model, List<ChatDelta> deltas)
    {
        if (!_started)
        {
            _started = true;
            deltas.Add(new ChatDelta(DeltaKind.Start) { Id = id, Name = model, ServiceTier = _tier });
        }
    }

    private void ReadChoice(ref BodyReader reader, List<ChatDelta> deltas)
    {
        var index = 0L;
        string? finish = null, met = null;
        var delta = default(BodyReader);
        var any = false;
        while (reader.NextMember())
        {
            if (reader.Is("index"u8))
            {
                index = reader.Whole("index") ?? 0;
            }
            else if (reader.Is("delta"u8))
            {
                any = reader.Json.TokenType == JsonTokenType.StartObject;
                delta = reader;
                reader.Json.Skip();
            }
            else if (reader.Is("finish_reason"u8))
            {
                finish = reader.Text("finish_reason");
            }
            else if (reader.Is("stop_reason"u8))
            {
                // vLLM's: the stop text that was met.
                met = reader.Text("stop_reason");
            }
            else
            {
                reader.SkipMember();
            }
        }
        var choice = Choice((int)Math.Clamp(index, 0, int.MaxValue), deltas);
        if (any)
        {
            DeltaContent.Read(ref delta, choice);
        }
        if (!string.IsNullOrEmpty(finish))
        {
            choice.Stop(finish, met);
        }
    }

    private ChoiceStream Choice(int index, List<ChatDelta> deltas)
    {
        foreach (var known in _choices)
        {
            if (known.Choice == index)
            {
                known.WriteTo(deltas);
                return known;
            }
        }
        if (_choices.Count == MostChoices)
        {
            throw new DialectException("choices", $"The upstream's stream holds more than {MostChoices} choices.");
        }
        var added = new ChoiceStream(index, deltas);
        _choices.Add(added);
        return added;
    }
}
