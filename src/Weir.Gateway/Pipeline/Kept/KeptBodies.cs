using System.Text;
using System.Text.Json;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Providers;
using Weir.Providers.Dialects.Forms;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Ids;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Reads what is said of conversations and uploads: ids in it are unwrapped for their owner, and LiteLLM's own members are taken out.</summary>
internal static class KeptBodies
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    /// <summary>The body of which a conversation or an upload is made. Says who shall keep it: whoever keeps the files that it names, else as for a new file.</summary>
    /// <exception cref="GatewayException">The body is refused, or names what is unknown to this caller.</exception>
    internal static UpstreamDeployment OfNew(GatewayCall call, KeptRoute route)
    {
        Check(call);
        var body = call.Bytes;
        var (query, edits) = (call.Http.Request.Query, new List<IdEdit>());
        var model = Text(body.Span, "target_model_names") ?? Text(body.Span, "model") ?? NewThings.First(query, "target_model_names") ?? NewThings.First(query, "model");
        var provider = call.Path.Provider ?? Text(body.Span, "custom_llm_provider") ?? NewThings.First(query, "custom_llm_provider") ?? NewThings.Header(call, "custom-llm-provider");
        string? deployment = null;
        Unwrap(call, route, edits, ref deployment);
        var keeper = deployment is null ? KeptHome.Choose(call.Snapshot, call.Caller, route, model, provider)
            : KeptRequests.KeeperOf(call, deployment) ?? throw NewThings.Wrong(ErrorKind.InvalidMember, "file_id", "A file that the request names is kept by a deployment that is not configured any more.");
        Patch(call, edits);
        return keeper;
    }

    /// <summary>The body of what is said to one conversation or upload that <paramref name="keeper"/> keeps.</summary>
    /// <exception cref="GatewayException">The body is refused, or names what is unknown to this caller or kept elsewhere.</exception>
    internal static void OfOne(GatewayCall call, KeptRoute route, UpstreamDeployment keeper)
    {
        Check(call);
        var edits = new List<IdEdit>();
        string? deployment = null;
        Unwrap(call, route, edits, ref deployment);
        if (deployment is not null && (KeptRequests.KeeperOf(call, deployment) is not { } other || (other != keeper && !keeper.SharesAccountWith(other))))
        {
            throw NewThings.Wrong(ErrorKind.InvalidMember, "file_id", "What the request refers to is kept by another deployment than the thing that it is for.");
        }
        Patch(call, edits);
    }

    /// <summary>The form of a part of an upload; it leaves byte for byte.</summary>
    /// <exception cref="GatewayException">The form is refused.</exception>
    internal static void OfPart(Upload upload)
    {
        if (upload.Form.Parts.Count(static part => part.BareName == "data") != 1)
        {
            throw NewThings.Wrong(ErrorKind.MissingMember, "data", "/uploads: the form of a part needs exactly one 'data'.");
        }
        if (!FormPatcher.Apply(upload.Form, new RequestPatch { OmitModel = true }, [], upload.Patched))
        {
            throw NewThings.Wrong(ErrorKind.InvalidMember, "request_body", "The form can't be sent on.");
        }
    }

    private static void Check(GatewayCall call)
    {
        // The format in which metadata is the vendor's own.
        if (RequestReader.Read(call.Bytes.Span, call.View, WireFormat.OpenAIResponses) is { } refusal)
        {
            throw new GatewayException(RequestChecks.ErrorOf(refusal));
        }
    }

    private static void Unwrap(GatewayCall call, KeptRoute route, List<IdEdit> edits, ref string? deployment)
    {
        var (ids, owner) = (call.Snapshot.Ids, call.Caller?.Owner ?? "");
        var refusal = route.Kind == KeptKind.Upload ? UploadPartIds.Read(call.Bytes.Span, ids, owner, edits, ref deployment)
            : RequestFileIds.Read(call.Bytes.Span, ids, owner, edits, ref deployment);
        if (refusal is not null)
        {
            throw new GatewayException(RequestIds.ErrorOf(refusal));
        }
    }

    private static void Patch(GatewayCall call, List<IdEdit> edits)
    {
        RequestPatcher.Apply(call.Bytes, call.View, new RequestPatch { OmitModel = true }, wantUsage: false, NewThings.NotForUpstreams, call.Patched);
        foreach (var edit in edits)
        {
            call.Patched.Replace(edit.Start, edit.End, edit.Replacement);
        }
    }

    private static string? Text(ReadOnlySpan<byte> body, string name)
    {
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals(Encoding.UTF8.GetBytes(name));
            reader.Read();
            if (wanted)
            {
                return reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text ? text : null;
            }
            reader.Skip();
        }
        return null;
    }
}
