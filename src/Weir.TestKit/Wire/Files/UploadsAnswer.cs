using System.Text.Json;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>Files that come in parts: begun, filled, completed or given up.</summary>
internal static class UploadsAnswer
{
    public static Answer Of(ScriptedModelOptions options, ModelRequest request, ServerState state)
    {
        if (request.Kind == RouteKind.Uploads)
        {
            foreach (var name in (ReadOnlySpan<string>)["filename", "purpose"])
            {
                if (request.Text(name) is null)
                {
                    return OpenAIShape.Instance.Error(options, OpenAIRefusal.Missing(name), request);
                }
            }

            var made = new StoredUpload($"upload_{request.Number:D6}", request.Text("filename") ?? "", request.Text("purpose") ?? "");
            state.Uploads.Keep(made.Id, made);
            return new JsonAnswer(options, request, made.Write);
        }

        if (state.Uploads.Find(request.Id) is not { } found)
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.NotFound("No such Upload object: " + request.Id) with { Param = "id" }, request);
        }

        switch (request.Kind)
        {
            case RouteKind.UploadParts:
                var part = $"part_{request.Number:D6}";
                found.Parts[part] = (request as UploadRequest)?.Form?.Kept ?? [];
                return new JsonAnswer(options, request, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", part);
                    json.WriteString("object", "upload.part");
                    json.WriteNumber("created_at", Answer.Created);
                    json.WriteString("upload_id", found.Id);
                    json.WriteEndObject();
                });
            case RouteKind.UploadCancel:
                found.Status = "cancelled";
                return new JsonAnswer(options, request, found.Write);
            default:
                return Complete(options, request, state, found);
        }
    }

    private static Answer Complete(ScriptedModelOptions options, ModelRequest request, ServerState state, StoredUpload upload)
    {
        var content = new List<byte>();
        if (request.Member("part_ids") is { ValueKind: JsonValueKind.Array } ids)
        {
            foreach (var id in ids.EnumerateArray())
            {
                if (!upload.Parts.TryGetValue(id.GetString() ?? "", out var part))
                {
                    return OpenAIShape.Instance.Error(options, OpenAIRefusal.Invalid("part_ids", $"No such Part object: {id}", "invalid_part"), request);
                }

                content.AddRange(part);
            }
        }

        upload.Status = "completed";
        upload.File = new StoredFile($"file-{request.Number:D6}", upload.FileName, upload.Purpose, [.. content]);
        state.Files.Keep(upload.File.Id, upload.File);
        return new JsonAnswer(options, request, upload.Write);
    }
}
