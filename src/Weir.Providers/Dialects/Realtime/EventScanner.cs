using System.Buffers;
using System.Text.Json;

namespace Weir.Providers.Dialects.Realtime;

/// <summary>
/// Reads one event while its bytes pass, in whatever pieces they come: whether it is JSON, and the few members that the gateway decides on
/// or counts. Nothing else of it is kept, so that an event may be as long as it likes. RFC 8259; UTF-8 is checked by the socket.
/// </summary>
public sealed class EventScanner
{
    /// <summary>Deepest nesting taken.</summary>
    public const int MaxDepth = 128;

    /// <summary>Of a value no more is kept than this.</summary>
    public const int LongestValue = 8 << 10;

    private static readonly SearchValues<byte> Stops = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static b => (byte)b)]);

    private readonly int[] _nodes = new int[MaxDepth];
    private readonly bool[] _objects = new bool[MaxDepth];
    private readonly byte[] _name = new byte[EventMembers.LongestName];
    private readonly (int Start, int Length, long At, long Whole)[] _values = new (int, int, long, long)[Enum.GetValues<EventMember>().Length];
    private byte[] _kept = new byte[1024];
    private int _keptLength;
    private int _depth;
    private int _nameLength;
    private bool _nameInString;
    private uint _seen;
    private int _next;
    private int _capture;
    private int _captureDepth;
    private long _passed;
    private State _state;
    private int _hex;
    private string _literal = "";
    private int _literalAt;

    /// <summary>Ready for an event.</summary>
    public EventScanner() => Reset();

    private enum State
    {
        Value, FirstName, Name, Colon, FirstElement, After, Text, Escape, Hex, Literal, Minus, Zero, Whole, Point, Fraction, Exponent, Sign, Power, End,
    }

    /// <summary>What is wrong with what has passed; <see cref="EventFlaw.None"/> while nothing is.</summary>
    public EventFlaw Flaw { get; private set; }

    /// <summary>The member that <see cref="Flaw"/> is about; empty for none.</summary>
    public string FlawMember { get; private set; } = "";

    /// <summary>Forgets the event.</summary>
    public void Reset()
    {
        Array.Clear(_values);
        (_keptLength, _depth, _nameLength, _seen, _passed) = (0, 0, 0, 0, 0);
        (_next, _capture, _state) = (EventMembers.Root, -1, State.Value);
        _nameInString = false;
        (Flaw, FlawMember) = (EventFlaw.None, "");
    }

    /// <summary>The event is over: whether it was whole and without a flaw.</summary>
    public bool Finish()
    {
        if (Flaw == EventFlaw.None && _state != State.End)
        {
            Flaw = EventFlaw.NotJson;
        }
        return Flaw == EventFlaw.None;
    }

    /// <summary>The raw JSON of a member, at most <see cref="LongestValue"/> bytes of it; empty when the event has it not.</summary>
    public ReadOnlySpan<byte> Value(EventMember member)
    {
        var value = _values[(int)member];
        return _kept.AsSpan(value.Start, value.Length);
    }

    /// <summary>Where a member's value begins in the event, and how long it is; zeros when the event has it not.</summary>
    public (long Start, long Length) Place(EventMember member) => (_values[(int)member].At, _values[(int)member].Whole);

    /// <summary>The text of a member; null when it is none, or longer than what is kept.</summary>
    public string? Text(EventMember member)
    {
        var (_, whole) = Place(member);
        var value = Value(member);
        if (value.Length != whole || value.Length < 2 || value[0] != (byte)'"')
        {
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            return reader.GetString();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Half a pair of surrogates: no two readers agree on what it means.
            return null;
        }
    }

    /// <summary>Reads on.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length && Flaw == EventFlaw.None)
        {
            if (_state == State.Text)
            {
                var rest = bytes[i..];
                var run = rest.IndexOfAny(Stops);
                run = run < 0 ? rest.Length : run;
                Keep(rest[..run]);
                i += run;
                _passed += run;
                if (i == bytes.Length)
                {
                    return;
                }
            }
            if (Step(bytes[i]))
            {
                i++;
                _passed++;
            }
        }
    }

    /// <summary>Takes one byte; false when it ends a number and has to be looked at again.</summary>
    private bool Step(byte b)
    {
        switch (_state)
        {
            case State.Text:
                return InText(b);
            case State.Escape:
                Keep(b);
                (_state, _hex) = b == (byte)'u' ? (State.Hex, 4) : (State.Text, 0);
                return "\"\\/bfnrtu"u8.Contains(b) || Fail(EventFlaw.NotJson);
            case State.Hex:
                Keep(b);
                _state = --_hex == 0 ? State.Text : State.Hex;
                return char.IsAsciiHexDigit((char)b) || Fail(EventFlaw.NotJson);
            case State.Literal:
                Keep(b);
                if (b != _literal[_literalAt])
                {
                    return Fail(EventFlaw.NotJson);
                }
                if (++_literalAt == _literal.Length)
                {
                    EndValue();
                }
                return true;
            case >= State.Minus and <= State.Power:
                return InNumber(b);
            default:
                return b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' ? Blank(b) : Between(b);
        }
    }

    private bool Blank(byte b)
    {
        Keep(b);
        return true;
    }

    /// <summary>A byte between values, which is no white space.</summary>
    private bool Between(byte b)
    {
        switch (_state)
        {
            case State.Value:
                return BeginValue(b);
            case State.FirstElement when b == (byte)']':
            case State.FirstName when b == (byte)'}':
                Keep(b);
                Pop();
                return true;
            case State.FirstElement:
                return BeginValue(b);
            case (State.FirstName or State.Name) when b == (byte)'"':
                Keep(b);
                (_state, _nameInString, _nameLength) = (State.Text, true, 0);
                return true;
            case State.Colon when b == (byte)':':
                Keep(b);
                _state = State.Value;
                return true;
            case State.After when b == (byte)',':
                Keep(b);
                (_state, _next) = _objects[_depth - 1] ? (State.Name, _next) : (State.Value, EventMembers.Unread);
                return true;
            case State.After when b == (_objects[_depth - 1] ? (byte)'}' : (byte)']'):
                Keep(b);
                Pop();
                return true;
            default:
                return Fail(EventFlaw.NotJson);
        }
    }

    private bool BeginValue(byte b)
    {
        if (_depth == 0 && b != (byte)'{')
        {
            return Fail(EventFlaw.NotJson);
        }
        if (_next > EventMembers.Root && _capture < 0 && EventMembers.MemberOf(_next) is { } member)
        {
            (_capture, _captureDepth) = ((int)member, _depth);
            _values[_capture] = (_keptLength, 0, _passed, 0);
        }
        Keep(b);
        switch (b)
        {
            case (byte)'{':
                return Push(isObject: true);
            case (byte)'[':
                return Push(isObject: false);
            case (byte)'"':
                (_state, _nameInString) = (State.Text, false);
                return true;
            case (byte)'-':
                _state = State.Minus;
                return true;
            case (byte)'0':
                _state = State.Zero;
                return true;
            case >= (byte)'1' and <= (byte)'9':
                _state = State.Whole;
                return true;
            case (byte)'t' or (byte)'f' or (byte)'n':
                (_state, _literal, _literalAt) = (State.Literal, b == (byte)'t' ? "true" : b == (byte)'f' ? "false" : "null", 1);
                return true;
            default:
                return Fail(EventFlaw.NotJson);
        }
    }

    private bool InText(byte b)
    {
        if (b < 0x20)
        {
            return Fail(EventFlaw.NotJson);
        }
        if (b == (byte)'\\')
        {
            Keep(b);
            _state = State.Escape;
            return true;
        }
        if (!_nameInString)
        {
            Keep(b);
            EndValue();
            return true;
        }
        // What is looked at is the name without its quotes.
        var named = EndName();
        _nameInString = false;
        Keep(b);
        _state = State.Colon;
        return named || Fail(Flaw);
    }

    /// <summary>A name is whole: what its value is.</summary>
    private bool EndName()
    {
        _next = EventMembers.Unread;
        var parent = _nodes[_depth - 1];
        if (parent == EventMembers.Unread || _nameLength > EventMembers.LongestName)
        {
            return true;
        }
        bool exact;
        try
        {
            _next = EventMembers.Find(parent, _name.AsSpan(0, _nameLength), out exact);
        }
        catch (InvalidOperationException)
        {
            Flaw = EventFlaw.NotJson;
            return false;
        }
        if (_next == EventMembers.Unread)
        {
            return true;
        }
        Flaw = !exact ? EventFlaw.MiscasedMember : (_seen & (1u << _next)) != 0 ? EventFlaw.DuplicateMember : EventFlaw.None;
        FlawMember = Flaw == EventFlaw.None ? "" : EventMembers.NameOf(_next);
        _seen |= 1u << _next;
        return Flaw == EventFlaw.None;
    }

    private bool InNumber(byte b)
    {
        var digit = char.IsAsciiDigit((char)b);
        State? next = _state switch
        {
            State.Minus => b == (byte)'0' ? State.Zero : digit ? State.Whole : null,
            State.Zero or State.Whole when b == (byte)'.' => State.Point,
            State.Zero or State.Whole or State.Fraction when b is (byte)'e' or (byte)'E' => State.Exponent,
            State.Whole when digit => State.Whole,
            State.Point or State.Fraction when digit => State.Fraction,
            State.Exponent when b is (byte)'+' or (byte)'-' => State.Sign,
            State.Exponent or State.Sign or State.Power when digit => State.Power,
            _ => null,
        };
        if (next is { } state)
        {
            Keep(b);
            _state = state;
            return true;
        }
        if (_state is not (State.Zero or State.Whole or State.Fraction or State.Power) || digit)
        {
            return Fail(EventFlaw.NotJson);
        }
        EndValue();
        return false;
    }

    private bool Push(bool isObject)
    {
        if (_depth == MaxDepth)
        {
            return Fail(EventFlaw.TooDeep);
        }
        // What is kept as it stands has nothing inside that is read by itself.
        _nodes[_depth] = isObject && (_next == EventMembers.Root || (_next > 0 && EventMembers.MemberOf(_next) is null)) ? _next : EventMembers.Unread;
        _objects[_depth++] = isObject;
        _state = isObject ? State.FirstName : State.FirstElement;
        if (!isObject)
        {
            _next = EventMembers.Unread;
        }
        return true;
    }

    private void Pop()
    {
        _depth--;
        EndValue();
    }

    private void EndValue()
    {
        if (_capture >= 0 && _depth == _captureDepth)
        {
            _capture = -1;
        }
        _next = EventMembers.Unread;
        _state = _depth == 0 ? State.End : State.After;
    }

    private bool Fail(EventFlaw flaw)
    {
        Flaw = flaw;
        return true;
    }

    private void Keep(byte b)
    {
        if (_capture >= 0 || _nameInString)
        {
            Keep([b]);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_nameInString)
        {
            if (_nameLength + bytes.Length <= _name.Length)
            {
                bytes.CopyTo(_name.AsSpan(_nameLength));
            }
            // Beyond the buffer only the length counts: it says that the name is none of ours.
            _nameLength = (int)Math.Min((long)_nameLength + bytes.Length, EventMembers.LongestName + 1);
        }
        if (_capture < 0)
        {
            return;
        }
        ref var value = ref _values[_capture];
        value.Whole += bytes.Length;
        bytes = bytes[..Math.Min(bytes.Length, LongestValue - value.Length)];
        if (_keptLength + bytes.Length > _kept.Length)
        {
            Array.Resize(ref _kept, Math.Max(_kept.Length * 2, _keptLength + bytes.Length));
        }
        bytes.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += bytes.Length;
        value.Length += bytes.Length;
    }
}
