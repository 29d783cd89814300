using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using Weir.Providers.Upstream;

namespace Weir.Providers.Dialects.Forms;

/// <summary>A form as it leaves: spans of the file that it lies in, and texts in their place. The file belongs to the request and stays open until its last attempt has ended.</summary>
/// <param name="file">Where the bytes lie.</param>
/// <param name="boundary">The text between its parts.</param>
public sealed class PatchedForm(SafeFileHandle file, string boundary) : IUpstreamBody
{
    private const int ChunkBytes = 64 << 10;

    private readonly record struct Piece(long Start, long End, ReadOnlyMemory<byte> Text)
    {
        internal long Length => End - Start + Text.Length;
    }

    private readonly List<Piece> _pieces = [];
    private long _length;
    private long _at;

    /// <inheritdoc/>
    public MediaTypeHeaderValue ContentType { get; } = new("multipart/form-data") { Parameters = { new NameValueHeaderValue("boundary", $"\"{boundary}\"") } };

    /// <summary>Length in bytes after the edits.</summary>
    public long Length
    {
        get
        {
            var length = _length - _at;
            foreach (var piece in _pieces)
            {
                length += piece.Length;
            }
            return length;
        }
    }

    /// <summary>Starts over from the whole file.</summary>
    internal void Reset(long length)
    {
        _pieces.Clear();
        _length = length;
        _at = 0;
    }

    /// <summary>Replaces a span; edits come in the order of the file.</summary>
    internal void Replace(long start, long end, ReadOnlyMemory<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start, _at);
        _pieces.Add(new Piece(_at, start, text));
        _at = end;
    }

    /// <inheritdoc/>
    public HttpContent ToContent() => new Content(this);

    private async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            foreach (var piece in _pieces)
            {
                await CopyAsync(piece.Start, piece.End, buffer, target, cancellationToken);
                await target.WriteAsync(piece.Text, cancellationToken);
            }
            await CopyAsync(_at, _length, buffer, target, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task CopyAsync(long start, long end, byte[] buffer, Stream target, CancellationToken cancellationToken)
    {
        while (start < end)
        {
            var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - start)), start, cancellationToken);
            if (read == 0)
            {
                throw new IOException("The file of an upload is shorter than what was written to it.");
            }
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            start += read;
        }
    }

    private sealed class Content(PatchedForm form) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => form.CopyAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => form.CopyAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = form.Length;
            return true;
        }
    }
}
