using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>A request that came as a form: audio to write down, an image to change, a file to keep.</summary>
internal sealed class UploadRequest : ModelRequest
{
    public UploadRequest(ModelRoute route, JsonElement? root, int number, UploadForm? form)
        : base(route, root, number)
    {
        Form = form;
        SetModel(Field("model"));
        LastText = Field("prompt") is { Length: > 0 } prompt && route.Kind == RouteKind.ImageEdit ? prompt
            : File is { } file ? $"{file.FileName} of {file.Length} bytes" : Text("prompt") ?? "";
        PromptTokens = Tokens.Count(LastText);
    }

    public UploadForm? Form { get; }

    public UploadedFile? File => Form?.Files.Count > 0 ? Form.Files[0] : null;

    public override bool Stream => Field("stream") is "true" or "True" || base.Stream;

    public string? Field(string name) => Form is { } form && form.Fields.TryGetValue(name, out var value) ? value : null;

    public override Fault? Refusal(HttpRequest http)
    {
        if (Form is null)
        {
            return Fault.Http(400) with { Message = "Content-Type must be multipart/form-data with a boundary." };
        }

        if (File is null)
        {
            return OpenAIRefusal.Missing(Kind == RouteKind.ImageEdit ? "image" : "file");
        }

        return Kind == RouteKind.UploadParts ? null : Kind == RouteKind.Files ? (Field("purpose") is null ? OpenAIRefusal.Missing("purpose") : null)
            : Model is null ? OpenAIRefusal.Missing("model")
            : Kind == RouteKind.ImageEdit && Field("prompt") is null ? OpenAIRefusal.Missing("prompt") : null;
    }
}
