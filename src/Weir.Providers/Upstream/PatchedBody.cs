using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Weir.Providers.Upstream;

/// <summary>
/// A request body as it leaves: the caller's bytes with a few spans replaced, never copied as a whole. Reused between attempts: call
/// <see cref="Reset"/>. The bytes belong to the caller and must stay untouched until the last attempt has ended.
/// </summary>
public sealed class PatchedBody : IUpstreamBody
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly record struct Edit(int Start, int End, ReadOnlyMemory<byte> Replacement);

    private Edit[] _edits = new Edit[8];
    private int _count;
    private ReadOnlyMemory<byte> _source;

    /// <summary>Starts over from <paramref name="source"/>.</summary>
    public void Reset(ReadOnlyMemory<byte> source)
    {
        Array.Clear(_edits, 0, _count);
        _count = 0;
        _source = source;
    }

    /// <summary>Replaces the bytes from <paramref name="start"/> to <paramref name="end"/>; equal positions insert. Later edits at the same place follow earlier ones.</summary>
    /// <exception cref="InvalidOperationException">The span overlaps one that is already replaced.</exception>
    public void Replace(int start, int end, ReadOnlyMemory<byte> replacement)
    {
        var at = _count;
        // An insertion goes before a replacement that begins at the same place, and after earlier insertions there.
        while (at > 0 && (_edits[at - 1].Start > start || (start == end && _edits[at - 1].Start == start && _edits[at - 1].End > start)))
        {
            at--;
        }
        if ((at > 0 && _edits[at - 1].End > start) || (at < _count && _edits[at].Start < end))
        {
            throw new InvalidOperationException($"The edit {start}..{end} overlaps an earlier one.");
        }
        if (_count == _edits.Length)
        {
            Array.Resize(ref _edits, _count * 2);
        }
        Array.Copy(_edits, at, _edits, at + 1, _count - at);
        _edits[at] = new Edit(start, end, replacement);
        _count++;
    }

    /// <summary>Length in bytes after the edits.</summary>
    public long Length
    {
        get
        {
            long length = _source.Length;
            for (var i = 0; i < _count; i++)
            {
                length += _edits[i].Replacement.Length - (_edits[i].End - _edits[i].Start);
            }
            return length;
        }
    }

    /// <summary>Number of pieces, for <see cref="Piece"/>.</summary>
    internal int Pieces => (_count * 2) + 1;

    /// <summary>The n-th piece in order; some are empty.</summary>
    internal ReadOnlyMemory<byte> Piece(int n)
    {
        var edit = n >> 1;
        if ((n & 1) == 1)
        {
            return _edits[edit].Replacement;
        }
        var start = edit == 0 ? 0 : _edits[edit - 1].End;
        var end = edit == _count ? _source.Length : _edits[edit].Start;
        return _source[start..end];
    }

    /// <summary>The whole body as one array; for tests and cold paths.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        var at = 0;
        for (var n = 0; n < Pieces; n++)
        {
            Piece(n).Span.CopyTo(bytes.AsSpan(at));
            at += Piece(n).Length;
        }
        return bytes;
    }

    /// <inheritdoc/>
    public MediaTypeHeaderValue ContentType => Json;

    /// <inheritdoc/>
    public HttpContent ToContent() => new Content(this);

    private sealed class Content(PatchedBody body) : HttpContent, IHashedContent
    {
        public void AppendTo(IncrementalHash hash)
        {
            for (var n = 0; n < body.Pieces; n++)
            {
                hash.AppendData(body.Piece(n).Span);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            for (var n = 0; n < body.Pieces; n++)
            {
                var piece = body.Piece(n);
                if (!piece.IsEmpty)
                {
                    await stream.WriteAsync(piece, cancellationToken);
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
