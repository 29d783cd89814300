using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Providers;
using Weir.Providers.Dialects.Forms;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Reads the bodies of which things are made: a file's form, a batch's JSON.</summary>
internal static class NewThings
{
    private const string InputFile = "input_file_id";
    internal static readonly string[] NotForUpstreams = ["target_model_names"];

    /// <summary>The form of a new file: what LiteLLM reads itself is taken out, the rest leaves byte for byte. Says who shall keep it.</summary>
    /// <exception cref="GatewayException">The form is refused.</exception>
    internal static UpstreamDeployment File(GatewayCall call, Upload upload)
    {
        foreach (var name in (ReadOnlySpan<string>)["file", "purpose", "custom_llm_provider", "target_model_names", "model"])
        {
            if (upload.Form.Parts.Count(part => string.Equals(part.BareName, name, StringComparison.OrdinalIgnoreCase)) > 1)
            {
                throw Wrong(ErrorKind.DuplicateMember, name, $"'{name}' occurs twice in the form.");
            }
        }
        if (!upload.Form.Parts.Any(static part => part is { IsFile: true, Name: "file" }))
        {
            throw Wrong(ErrorKind.MissingMember, "file", "/files: Missing required parameter: 'file'.");
        }
        if (Field(upload, "purpose") is null)
        {
            throw Wrong(ErrorKind.MissingMember, "purpose", "/files: Missing required parameter: 'purpose'.");
        }
        var query = call.Http.Request.Query;
        var model = Field(upload, "target_model_names") ?? Field(upload, "model") ?? First(query, "target_model_names") ?? First(query, "model");
        var provider = call.Path.Provider ?? Field(upload, "custom_llm_provider") ?? First(query, "custom_llm_provider") ?? Header(call, "custom-llm-provider");
        var home = KeptHome.Choose(call.Snapshot, call.Caller, new KeptRoute(KeptKind.File, KeptVerb.Create), model, provider);
        return FormPatcher.Apply(upload.Form, new RequestPatch { OmitModel = true }, NotForUpstreams, upload.Patched)
            ? home : throw Wrong(ErrorKind.InvalidMember, "request_body", "The form can't be sent on.");
    }

    /// <summary>
    /// The body of a new batch: LiteLLM's own members are taken out and the file's id is unwrapped. Says which deployment keeps the file, and
    /// so the batch.
    /// </summary>
    /// <exception cref="GatewayException">The body is refused, or the file is unknown to this caller.</exception>
    internal static string Batch(GatewayCall call)
    {
        var body = call.Bytes;
        // The format in which metadata is the vendor's own.
        if (RequestReader.Read(body.Span, call.View, WireFormat.OpenAIResponses) is { } refusal)
        {
            throw new GatewayException(RequestChecks.ErrorOf(refusal));
        }
        if (FindInput(body.Span) is not { } input)
        {
            throw Wrong(ErrorKind.MissingMember, InputFile, "/batches: Missing required parameter: 'input_file_id'.");
        }
        if (!call.Snapshot.Ids.TryUnwrap(input.Id, call.Caller?.Owner ?? "", out var issued))
        {
            throw Wrong(ErrorKind.InvalidMember, InputFile, $"Invalid file ID '{UnknownIds.Told(input.Id)}'.");
        }
        RequestPatcher.Apply(body, call.View, new RequestPatch { OmitModel = true }, wantUsage: false, [], call.Patched);
        call.Patched.Replace(input.Start, input.End, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(issued.Id)}\""));
        return issued.Deployment;
    }

    private static (int Start, int End, string Id)? FindInput(ReadOnlySpan<byte> body)
    {
        (int, int, string)? found = null;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInput = string.Equals(reader.GetString(), InputFile, StringComparison.OrdinalIgnoreCase);
            var exact = isInput && reader.ValueTextEquals("input_file_id"u8);
            reader.Read();
            if (isInput && (found is not null || !exact))
            {
                throw Wrong(ErrorKind.DuplicateMember, InputFile, "'input_file_id' occurs twice in the request body, or in another case than the API's.");
            }
            if (isInput)
            {
                found = reader.TokenType == JsonTokenType.String ? ((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.GetString() ?? "")
                    : throw Wrong(ErrorKind.InvalidMember, InputFile, "'input_file_id' must be a string.");
            }
            reader.Skip();
        }
        return found;
    }

    private static string? Field(Upload upload, string name)
    {
        foreach (var part in upload.Form.Parts)
        {
            if (part.BareName == name && part.Text is { } text)
            {
                return Encoding.UTF8.GetString(text.Span);
            }
        }
        return null;
    }

    internal static string? First(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    internal static string? Header(GatewayCall call, string name) => call.Http.Request.Headers[name].ToString() is { Length: > 0 } text ? text : null;

    internal static GatewayException Wrong(ErrorKind kind, string member, string message) => new(new GatewayError(kind, message) { Param = member });
}
