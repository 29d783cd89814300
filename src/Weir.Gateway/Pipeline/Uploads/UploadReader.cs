using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects.Forms;

namespace Weir.Gateway.Pipeline.Uploads;

/// <summary>Reads a form into a file and finds its parts on the way.</summary>
internal sealed partial class UploadReader(UploadFolder folder, ILogger<UploadReader> logger)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Reads the whole form. <paramref name="maxBytes"/> bounds it.</summary>
    /// <exception cref="GatewayException">It is no form, too large, broken or ambiguous; or this machine can't keep it.</exception>
    internal async ValueTask<Upload> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        var scanner = new FormScanner(BoundaryOf(request));
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }
        // Files are written from here on: no work for a thread that reads sockets.
        await ThreadHop.ToPool();
        var file = Create();
        try
        {
            await CopyAsync(request, scanner, file, maxBytes, cancellationToken);
            if (scanner.Complete(out var form) is { } cut)
            {
                throw Wrong(cut);
            }
            var upload = new Upload(file, form!); // A form that is complete has an index.
            file = null;
            return upload;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new GatewayException(new GatewayError(ErrorKind.UnsupportedEncoding, "A form with files is not taken compressed; send it plain."));
        }
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new GatewayException(new GatewayError(ErrorKind.UnsupportedMediaType, "This route takes a form with files: send multipart/form-data."));
        }
        var boundaries = type.Parameters.Where(static p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase)).ToList();
        return boundaries.Count == 1 && HeaderUtilities.RemoveQuotes(boundaries[0].Value).ToString() is var boundary && FormScanner.IsBoundary(boundary)
            ? boundary
            : throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, "The Content-Type names no boundary, two, or one that can't be a boundary (RFC 2046).") { Param = "request_body" });
    }

    private async ValueTask CopyAsync(HttpRequest request, FormScanner scanner, FileStream file, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var written = 0L;
            while (true)
            {
                var filled = await FillAsync(request.Body, buffer, cancellationToken);
                if (filled == 0)
                {
                    return;
                }
                if (written + filled > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }
                if (scanner.Feed(buffer.AsSpan(0, filled)) is { } refusal)
                {
                    throw Wrong(refusal);
                }
                await WriteAsync(file, buffer.AsMemory(0, filled), written, cancellationToken);
                written += filled;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Fills the buffer, so that the file is written in large pieces; less at the end.</summary>
    private static async ValueTask<int> FillAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < ChunkBytes)
        {
            var read = await body.ReadAsync(buffer.AsMemory(filled, ChunkBytes - filled), cancellationToken);
            if (read == 0)
            {
                break;
            }
            filled += read;
        }
        return filled;
    }

    private FileStream Create()
    {
        try
        {
            return folder.Create();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CantKeep(error);
        }
    }

    private async ValueTask WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, long at, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(file.SafeFileHandle, bytes, at, cancellationToken);
        }
        catch (IOException error)
        {
            throw CantKeep(error);
        }
    }

    private GatewayException CantKeep(Exception error)
    {
        LogCantKeep(error);
        // Without the cause: it names files of this machine. The log has it.
        return new GatewayException(new GatewayError(ErrorKind.Internal, "The gateway can't keep an upload at the moment; see its log."));
    }

    private static GatewayException Wrong(FormRefusal refusal) => new(new GatewayError(
        refusal.TooLarge ? ErrorKind.BodyTooLarge : ErrorKind.InvalidMember, refusal.Message) { Param = refusal.Part.Length > 0 ? refusal.Part : "request_body" });

    private static GatewayException TooLarge(long maxBytes) =>
        new(new GatewayError(ErrorKind.BodyTooLarge, $"The upload is larger than {maxBytes} bytes (general_settings.max_file_size_mb)."));

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error, Message = "An upload can't be kept: the folder for uploads can't be written to, or its disk is full")]
    private partial void LogCantKeep(Exception error);
}
