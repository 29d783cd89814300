using System.Globalization;
using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// The stream of one choice: which part is open, and the tool calls that wait. Servers may go on with several calls in turns; the neutral form
/// tells one part after the other, so that a call waits until the ones before it are whole.
/// </summary>
internal sealed class ChoiceStream(int choice, List<ChatDelta> first)
{
    private const int MostCalls = 4096;

    private readonly List<CallStream> _calls = [];
    private readonly List<RawJson> _sources = [];
    private readonly StringBuilder _thoughts = new();
    private List<ChatDelta> _to = first;
    private DeltaPart _part;
    private bool _isOpen;
    private bool _isSealed;
    private int _index;
    private int _head;
    private char _half;

    internal int Choice => choice;

    internal bool IsStopped { get; private set; }

    internal bool HasCalls => _calls.Count > 0;

    /// <summary>Where the next steps go.</summary>
    internal void WriteTo(List<ChatDelta> deltas) => _to = deltas;

    /// <summary>More text, thoughts or refusal.</summary>
    internal void AddText(DeltaPart part, string? text)
    {
        if (string.IsNullOrEmpty(text) || IsStopped)
        {
            return;
        }
        if (!_isOpen || _part != part || (part == DeltaPart.Thinking && _isSealed))
        {
            EndCalls();
            Close();
            Open(new ChatDelta(DeltaKind.PartStart) { Part = part });
            _thoughts.Clear();
        }
        if (part == DeltaPart.Thinking)
        {
            _thoughts.Append(text);
        }
        Tell(text);
    }

    /// <summary>Thoughts under their seal; they may have been told already, piece by piece.</summary>
    internal void AddSealed(string text, string? signature)
    {
        if (string.IsNullOrEmpty(signature) || !_isOpen || _part != DeltaPart.Thinking || _isSealed || !_thoughts.Equals(text))
        {
            AddText(DeltaPart.Thinking, text);
        }
        AddSignature(signature);
    }

    /// <summary>The seal over the thoughts so far; a seal without thoughts is a part of its own.</summary>
    internal void AddSignature(string? signature)
    {
        if (string.IsNullOrEmpty(signature) || IsStopped)
        {
            return;
        }
        if (!_isOpen || _part != DeltaPart.Thinking)
        {
            EndCalls();
            Close();
            Open(new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Thinking });
        }
        _isSealed = true;
        _to.Add(new ChatDelta(DeltaKind.Signature) { Choice = choice, Index = _index, Part = DeltaPart.Thinking, Text = signature });
    }

    internal void AddRedacted(string? data)
    {
        if (string.IsNullOrEmpty(data) || IsStopped)
        {
            return;
        }
        EndCalls();
        Close();
        Open(new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.RedactedThinking });
        _to.Add(new ChatDelta(DeltaKind.Signature) { Choice = choice, Index = _index, Part = DeltaPart.RedactedThinking, Text = data });
        Close();
    }

    /// <summary>Something of OpenAI's own: sounds come piece by piece between other parts.</summary>
    internal void AddOpaque(string kind, RawJson value) => AddWhole(new ChatDelta(DeltaKind.Opaque) { Opaque = new OpaquePart(WireFormat.OpenAIChat, kind, value) });

    /// <summary>A picture.</summary>
    internal void AddImage(ImagePart image) => AddWhole(new ChatDelta(DeltaKind.Media) { Media = image });

    /// <summary>Sources of the text: they are told when it ends, and where it has ended before, in OpenAI's words alone.</summary>
    internal void AddSources(RawJson annotations)
    {
        if (!IsStopped)
        {
            _sources.Add(annotations);
        }
    }

    private void AddWhole(in ChatDelta delta)
    {
        if (IsStopped)
        {
            return;
        }
        EndCalls();
        Close();
        _to.Add(delta with { Choice = choice, Index = _index++ });
    }

    /// <summary>A piece of a tool call.</summary>
    /// <param name="index">Its number; negative when the server gives none.</param>
    /// <param name="id">Its id, in the first piece.</param>
    /// <param name="name">Its name, in the first piece.</param>
    /// <param name="signature">See <see cref="ToolCallPart.Signature"/>.</param>
    /// <param name="arguments">More of its arguments.</param>
    internal void AddCall(long index, string? id, string? name, string? signature, string? arguments)
    {
        if (IsStopped)
        {
            return;
        }
        var call = FindCall(index, id, name);
        call.Id ??= string.IsNullOrEmpty(id) ? null : id;
        call.Name ??= string.IsNullOrEmpty(name) ? null : name;
        call.Signature ??= string.IsNullOrEmpty(signature) ? null : signature;
        if (!string.IsNullOrEmpty(arguments))
        {
            if (call.IsClosed)
            {
                if (!string.IsNullOrWhiteSpace(arguments))
                {
                    throw new DialectException("choices[].delta.tool_calls", "The upstream went on with a tool call that was over.");
                }
                return;
            }
            call.Add(arguments);
        }
        Advance();
    }

    /// <summary>The choice ends for <paramref name="reason"/>, perhaps at the stop text <paramref name="met"/>.</summary>
    internal void Stop(string reason, string? met)
    {
        if (IsStopped)
        {
            return;
        }
        End();
        IsStopped = true;
        var stop = StopWords.Read(reason, HasCalls);
        _to.Add(new ChatDelta(DeltaKind.Stop) { Choice = choice, Stop = stop == StopReason.EndTurn && met is not null ? StopReason.StopSequence : stop, Text = met });
    }

    /// <summary>Ends what is open.</summary>
    internal void End()
    {
        EndCalls();
        Close();
        foreach (var list in _sources)
        {
            _to.Add(new ChatDelta(DeltaKind.Opaque) { Choice = choice, Index = _index++, Opaque = new OpaquePart(WireFormat.OpenAIChat, "annotations", list) });
        }
        _sources.Clear();
    }

    /// <summary>Some servers number all calls 0: a new id with a name is a new call. Some give no number: what has no id goes on with the last.</summary>
    private CallStream FindCall(long index, string? id, string? name)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var call = _calls[i];
            if (index >= 0 ? call.Index != index : !string.IsNullOrEmpty(id) && call.Id != id)
            {
                continue;
            }
            if (!string.IsNullOrEmpty(id) && !string.IsNullOrEmpty(name) && call.Id is not null && call.Id != id)
            {
                break;
            }
            return call;
        }
        if (_calls.Count == MostCalls)
        {
            throw new DialectException("choices[].delta.tool_calls", $"The upstream's answer holds more than {MostCalls} tool calls.");
        }
        var added = new CallStream(index);
        _calls.Add(added);
        return added;
    }

    /// <summary>Tells of the first call that is not over what is known, and goes on to the next when it is whole and another waits.</summary>
    private void Advance()
    {
        while (_head < _calls.Count)
        {
            var call = _calls[_head];
            if (call.Name is null || (call.Id is null && _head == _calls.Count - 1 && !call.HasText))
            {
                return;
            }
            TellCall(call);
            if (_head + 1 == _calls.Count || !call.IsWhole)
            {
                return;
            }
            call.IsClosed = true;
            Close();
            _head++;
        }
    }

    private void TellCall(CallStream call)
    {
        if (!call.IsOpened)
        {
            call.IsOpened = true;
            Close();
            var (id, sealing) = SignedToolIds.Split(call.Id ?? string.Create(CultureInfo.InvariantCulture, $"call_{choice}_{_head}"));
            Open(new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.ToolCall, Id = id, Name = call.Name ?? "", Signature = call.Signature ?? sealing });
        }
        if (call.TakeText() is { } text)
        {
            Tell(text);
        }
    }

    private void EndCalls()
    {
        for (; _head < _calls.Count; _head++)
        {
            TellCall(_calls[_head]);
            _calls[_head].IsClosed = true;
            Close();
        }
    }

    private void Open(in ChatDelta start)
    {
        _to.Add(start with { Choice = choice, Index = _index });
        (_isOpen, _part, _isSealed) = (true, start.Part, false);
    }

    private void Close()
    {
        if (!_isOpen)
        {
            return;
        }
        if (_half != '\0')
        {
            Add("\uFFFD");
            _half = '\0';
        }
        var sources = _part == DeltaPart.Text && _sources.Count > 0 ? new OpaquePart(WireFormat.OpenAIChat, CitationWriter.Kind, CitationWriter.Joined(_sources)) : null;
        if (sources is not null)
        {
            _sources.Clear();
        }
        _to.Add(new ChatDelta(DeltaKind.PartEnd) { Choice = choice, Index = _index++, Part = _part, Opaque = sources });
        _isOpen = false;
    }

    /// <summary>Half of a surrogate pair waits for its other half.</summary>
    private void Tell(string text)
    {
        if (_half != '\0')
        {
            text = _half + text;
            _half = '\0';
        }
        if (char.IsHighSurrogate(text[^1]))
        {
            _half = text[^1];
            text = text[..^1];
        }
        if (text.Length > 0)
        {
            Add(text);
        }
    }

    private void Add(string text) => _to.Add(new ChatDelta(DeltaKind.Text) { Choice = choice, Index = _index, Part = _part, Text = text });
}
