using System.Globalization;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Reads a whole answer.</summary>
internal struct GeminiAnswerReader : GeminiChunk.ISink
{
    private readonly ChatResult _result = new();
    private readonly GeminiCallIds _ids;
    private readonly List<(ChatChoice Choice, string Name, RawJson Value)> _sources = [];
    private readonly Dictionary<ChatChoice, List<int>> _texts = [];
    private ChatChoice? _choice;

    private GeminiAnswerReader(string? id) => _ids = GeminiCallIds.OfAnswer(id);

    /// <summary>Reads <paramref name="body"/>.</summary>
    public static ChatResult Read(ReadOnlySpan<byte> body)
    {
        var head = GeminiChunk.ReadHead(body);
        if (head.HasError)
        {
            throw new DialectException("error", "The upstream's answer is an error object.");
        }

        var reader = new GeminiAnswerReader(head.Id);
        var result = reader._result;
        result.Id = head.Id ?? "";
        result.Model = head.Model ?? "";
        result.Created = DateTimeOffset.TryParse(head.CreateTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : 0;
        result.Usage = head.Usage;
        result.ServiceTier = head.Tier switch
        {
            ServiceTier.Priority => "priority",
            ServiceTier.Flex => "flex",
            _ => null,
        };
        GeminiChunk.ReadCandidates(body, ref reader);
        foreach (var (choice, name, value) in reader._sources)
        {
            GeminiCitations.Attach(choice, reader._texts.GetValueOrDefault(choice) ?? [], name, value);
        }

        if (result.Choices.Count == 0)
        {
            // The prompt was blocked, or the model had nothing to say.
            result.Choices.Add(new() { Stop = head.BlockReason is null ? StopReason.EndTurn : StopReason.ContentFilter });
        }

        return result;
    }

    /// <inheritdoc/>
    public void Part(int choice, in GeminiPart part)
    {
        var taker = Choice(choice);
        if (!_texts.TryGetValue(taker, out var texts))
        {
            _texts[taker] = texts = [];
        }

        // Sources name parts by Gemini's count; a sealed text is one part there and two here.
        texts.Add(part.Kind == GeminiPartKind.Text && !part.Thought ? taker.Parts.Count : -1);
        GeminiParts.Add(taker.Parts, part, _ids);
    }

    /// <inheritdoc/>
    public void Sources(int choice, string name, RawJson value) => _sources.Add((Choice(choice), name, value));

    /// <inheritdoc/>
    public void CandidateEnd(int choice, string? finishReason)
    {
        var taker = Choice(choice);
        var called = taker.Parts.Exists(part => part is ToolCallPart);
        taker.Stop = GeminiStop.Read(finishReason ?? "STOP", called);
        _choice = null;
    }

    private ChatChoice Choice(int index)
    {
        if (_choice?.Index == index)
        {
            return _choice;
        }

        _choice = _result.Choices.Find(choice => choice.Index == index);
        if (_choice is null)
        {
            _choice = new() { Index = index };
            _result.Choices.Add(_choice);
        }

        return _choice;
    }
}
