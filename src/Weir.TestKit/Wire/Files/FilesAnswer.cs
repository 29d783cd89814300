using Microsoft.AspNetCore.Http;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>Uploading, listing, seeing, reading and forgetting files.</summary>
internal static class FilesAnswer
{
    public static Answer Of(ScriptedModelOptions options, ModelRequest request, HttpRequest http, ServerMemory<StoredFile> files)
    {
        if (request is UploadRequest { Form: { } form, File: { } uploaded } upload)
        {
            var file = new StoredFile($"file-{request.Number:D6}", uploaded.FileName, upload.Field("purpose") ?? "", form.Kept ?? []);
            files.Keep(file.Id, file);
            return new JsonAnswer(options, request, file.Write);
        }

        if (request.Kind == RouteKind.Files)
        {
            var purpose = http.Query["purpose"].ToString();
            return JsonAnswer.List(options, request, [.. files.All.Where(f => purpose.Length == 0 || f.Purpose == purpose)], f => f.Id, (f, json) => f.Write(json));
        }

        if (files.Find(request.Id) is not { } found)
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.NotFound("No such File object: " + request.Id) with { Param = "id" }, request);
        }

        if (request.Kind == RouteKind.FileContent)
        {
            return new BytesAnswer(options, request, "application/octet-stream", found.Content);
        }

        if (!HttpMethods.IsDelete(http.Method))
        {
            return new JsonAnswer(options, request, found.Write);
        }

        files.Forget(found.Id);
        return new JsonAnswer(options, request, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", found.Id);
            json.WriteString("object", "file");
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        });
    }
}
