using System.Buffers;
using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>A slice of a body, in bytes.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">One past the last byte.</param>
public readonly record struct ByteSpan(int Start, int End)
{
    /// <summary>Length in bytes.</summary>
    public int Length => End - Start;
}

/// <summary>One top-level member of a body: where its name begins and where its value lies.</summary>
/// <param name="Member">Which.</param>
/// <param name="NameStart">The opening quote of the name.</param>
/// <param name="Value">The raw value, quotes included.</param>
public readonly record struct MemberSpan(RequestMember Member, int NameStart, ByteSpan Value);

/// <summary>
/// Typed spans over the bytes of a request body: its top-level members. Holds no copy of the body. Reused between requests: call <see cref="Reset"/>.
/// </summary>
public sealed class RequestView
{
    private MemberSpan[] _members = new MemberSpan[24];
    private readonly int[] _index = new int[64];

    /// <summary>Top-level members found.</summary>
    public int MemberCount { get; private set; }

    /// <summary>What the body is written in.</summary>
    public WireFormat Format { get; internal set; }

    /// <summary>Position just after the body's opening brace.</summary>
    public int ObjectStart { get; internal set; }

    /// <summary>Whether the caller wants a stream.</summary>
    public bool Stream { get; internal set; }

    /// <summary><c>stream_options.include_usage</c> as sent; null when absent.</summary>
    public bool? IncludeUsage { get; internal set; }

    /// <summary>Where the value of <c>include_usage</c> lies, when present.</summary>
    public ByteSpan IncludeUsageValue { get; internal set; }

    /// <summary>True when <c>stream_options</c> is an object that has at least one member.</summary>
    public bool StreamOptionsHasMembers { get; internal set; }

    /// <summary>Top-level members in the order of the body.</summary>
    public ReadOnlySpan<MemberSpan> Members => _members.AsSpan(0, MemberCount);

    /// <summary>Forgets the last body.</summary>
    public void Reset()
    {
        Format = WireFormat.OpenAIChat;
        MemberCount = 0;
        ObjectStart = 0;
        Stream = false;
        IncludeUsage = null;
        IncludeUsageValue = default;
        StreamOptionsHasMembers = false;
        Array.Clear(_index);
    }

    /// <summary>Whether the body holds <paramref name="member"/>.</summary>
    public bool Has(RequestMember member) => _index[(int)member] != 0;

    /// <summary>The raw value of <paramref name="member"/>, or null.</summary>
    public ByteSpan? Value(RequestMember member) => _index[(int)member] is var i and not 0 ? _members[i - 1].Value : null;

    /// <summary>The decoded text of a string member; null when it is absent or no string.</summary>
    public string? Text(ReadOnlySpan<byte> body, RequestMember member)
    {
        if (Value(member) is not { } span || body[span.Start] != (byte)'"')
        {
            return null;
        }
        var reader = new Utf8JsonReader(body[span.Start..span.End]);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>Writes the decoded text of a string member; false when it is absent, no string, or longer than the span.</summary>
    public bool TryCopyText(ReadOnlySpan<byte> body, RequestMember member, Span<char> text, out int length)
    {
        length = 0;
        if (Value(member) is not { } span || body[span.Start] != (byte)'"' || span.Length - 2 > text.Length)
        {
            return false;
        }
        var reader = new Utf8JsonReader(body[span.Start..span.End]);
        reader.Read();
        length = reader.CopyString(text);
        return true;
    }

    /// <summary>A number member; null when absent or no number.</summary>
    public double? Number(ReadOnlySpan<byte> body, RequestMember member)
    {
        if (Value(member) is not { } span)
        {
            return null;
        }
        var reader = new Utf8JsonReader(body[span.Start..span.End]);
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) ? number : null;
    }

    /// <summary>A boolean member; null when absent or of another type.</summary>
    public bool? Flag(ReadOnlySpan<byte> body, RequestMember member) =>
        Value(member) is not { } span ? null : body[span.Start] switch
        {
            (byte)'t' => true,
            (byte)'f' => false,
            _ => null,
        };

    internal bool TryAdd(RequestMember member, int nameStart, ByteSpan value)
    {
        if (MemberCount >= RequestReader.MaxMembers)
        {
            return false;
        }
        if (MemberCount == _members.Length)
        {
            Array.Resize(ref _members, MemberCount * 2);
        }
        _members[MemberCount++] = new MemberSpan(member, nameStart, value);
        if (member != RequestMember.Unknown && _index[(int)member] == 0)
        {
            _index[(int)member] = MemberCount;
        }
        return true;
    }
}
