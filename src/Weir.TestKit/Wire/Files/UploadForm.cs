using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Weir.TestKit.Wire.Files;

/// <summary>A multipart form, read as it comes: a large file is counted and hashed, and kept only where somebody may ask for it again.</summary>
internal sealed class UploadForm
{
    private const int LongestField = 1 << 20;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly List<UploadedFile> _files = [];

    public IReadOnlyDictionary<string, string> Fields => _fields;

    public IReadOnlyList<UploadedFile> Files => _files;

    /// <summary>Content of the first file when it was to be kept.</summary>
    public byte[]? Kept { get; private set; }

    /// <summary>The boundary of a form, or null when the request has none.</summary>
    public static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;

    /// <exception cref="IOException">The form is broken.</exception>
    public static async Task<UploadForm> ReadAsync(Stream body, string boundary, bool keep, CancellationToken cancellationToken)
    {
        var form = new UploadForm();
        var reader = new MultipartReader(boundary, body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                throw new InvalidDataException("A part of the form has no Content-Disposition.");
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (disposition.IsFileDisposition())
            {
                await form.ReadFileAsync(section, disposition, name, keep, cancellationToken);
            }
            else
            {
                using var text = new StreamReader(section.Body, Encoding.UTF8);
                var value = await text.ReadToEndAsync(cancellationToken);
                form._fields[name] = value.Length <= LongestField ? value : value[..LongestField];
            }
        }

        // What follows the last boundary belongs to the body, too.
        await body.CopyToAsync(Stream.Null, cancellationToken);
        return form;
    }

    private async Task ReadFileAsync(MultipartSection section, ContentDispositionHeaderValue disposition, string name, bool keep, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var kept = keep && Kept is null ? new MemoryStream() : null;
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        long length = 0;
        for (int read; (read = await section.Body.ReadAsync(buffer, cancellationToken)) > 0; length += read)
        {
            hash.AppendData(buffer, 0, read);
            kept?.Write(buffer, 0, read);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        Kept ??= kept?.ToArray();
        var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
        _files.Add(new UploadedFile(name, fileName, section.ContentType ?? "", length, Convert.ToHexStringLower(hash.GetHashAndReset())));
    }
}
