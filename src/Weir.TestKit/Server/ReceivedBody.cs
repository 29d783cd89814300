using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Wire;
using Weir.TestKit.Wire.Files;

namespace Weir.TestKit.Server;

/// <summary>The body of a request: whole, or of a form the parts and the beginning.</summary>
/// <param name="Bytes">The bytes kept.</param>
/// <param name="Length">Length of the whole body.</param>
/// <param name="Form">The form, when it was one.</param>
internal sealed record ReceivedBody(byte[] Bytes, long Length, UploadForm? Form)
{
    /// <summary>Of a form so many bytes are kept for the record.</summary>
    private const int BeginningOfForm = 64 << 10;

    /// <exception cref="IOException">The body is cut or the form broken.</exception>
    public static async Task<ReceivedBody> ReadAsync(HttpRequest request, RouteKind kind, Traffic traffic, CancellationToken cancellationToken)
    {
        if (Operations.TakesForm(kind, request.Method) && UploadForm.BoundaryOf(request) is { } boundary)
        {
            await using var form = new RecordingStream(request.Body, traffic, BeginningOfForm);
            var read = await UploadForm.ReadAsync(form, boundary, keep: kind is RouteKind.Files or RouteKind.UploadParts, cancellationToken);
            return new ReceivedBody(form.Beginning, form.Count, read);
        }

        await using var body = new RecordingStream(request.Body, traffic, 0);
        if (request.ContentLength is { } length and <= 1 << 30)
        {
            var exact = new byte[length];
            await body.ReadExactlyAsync(exact, cancellationToken);
            return new ReceivedBody(exact, length, null);
        }

        using var whole = new MemoryStream();
        await body.CopyToAsync(whole, cancellationToken);
        return new ReceivedBody(whole.ToArray(), whole.Length, null);
    }

    /// <summary>The body as a JSON object; null when it is none.</summary>
    public JsonDocument? Parse()
    {
        if (Bytes.Length == 0 || Form is not null)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(Bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            // Answered with 400 by the caller.
            return null;
        }
    }
}
