using System.Text.Json;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Dialects.Forms;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline;

/// <summary>What is refused before anyone is asked: bodies with two meanings, endpoints and credentials from callers, unknown models.</summary>
internal static class RequestChecks
{
    private const int LongestModelName = 512;
    private const string UsualModeration = "omni-moderation-latest";

    /// <summary>Reads the body's members, the caller's options and the route into <paramref name="call"/>.</summary>
    /// <exception cref="GatewayException">The request is refused.</exception>
    internal static void Check(GatewayCall call)
    {
        var body = call.Bytes.Span;
        if (RequestReader.Read(body, call.View, call.Format) is { } refusal)
        {
            throw new GatewayException(ErrorOf(refusal));
        }
        call.AsksForEvents = call.Operation == Operation.Speech && call.View.Text(body, RequestMember.StreamFormat) == "sse";
        ReadModel(call, body);
        RequireContent(call);
        call.Options = CallOptions.Read(body, call.View, call.Http.Request.Headers);
        RequireFallbackAccess(call);
        RefuseUnserved(call, body);
        ReadEndUser(call, body);
        RequestIds.Unwrap(call);
    }

    /// <summary>A form's fields as a body, so that everything here judges them too.</summary>
    internal static RequestBody FieldsOf(Upload upload) => FormFields.ToJson(upload.Form, out var refusal) is { } fields
        ? RequestBody.Of(fields)
        : throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, refusal?.Message ?? "The form can't be read.") { Param = refusal?.Part });

    /// <summary>Why a body can't be read, for its caller.</summary>
    internal static GatewayError ErrorOf(BodyRefusal refusal) => refusal.Reason switch
    {
        BodyRefusalReason.NotJson or BodyRefusalReason.TooComplex => new GatewayError(ErrorKind.InvalidJson, refusal.Message) { Param = "request_body" },
        BodyRefusalReason.DuplicateMember or BodyRefusalReason.MiscasedMember => new GatewayError(ErrorKind.DuplicateMember, refusal.Message) { Param = refusal.Member },
        _ => new GatewayError(ErrorKind.InvalidMember, refusal.Message) { Param = refusal.Member },
    };

    /// <summary>Finds the route. A model in the path wins and goes into the body; a different one in the body is refused.</summary>
    private static void ReadModel(GatewayCall call, ReadOnlySpan<byte> body)
    {
        Span<char> name = stackalloc char[LongestModelName];
        var request = call.Snapshot.Config.Request;
        var forced = call.Operation switch
        {
            Operation.Embedding => request.EmbeddingModel,
            Operation.ImageGeneration or Operation.ImageEdit => request.ImageModel,
            Operation.Moderation => request.ModerationModel,
            Operation.Chat or Operation.Completion or Operation.CountTokens => request.CompletionModel,
            _ => null,
        };
        scoped var model = ReadOnlySpan<char>.Empty;
        if (forced is not null)
        {
            model = forced;
        }
        else if (call.View.TryCopyText(body, RequestMember.Model, name, out var length))
        {
            model = name[..length];
            // Azure's clients put the deployment into the path and anything, or the same, into the body: the path decides what is called,
            // and the body is rewritten to it.
            if (call.Path.Model is not null)
            {
                model = call.Path.Model;
            }
        }
        else if (call.Path.Model is not null)
        {
            model = call.Path.Model;
        }
        else if (!call.View.Has(RequestMember.Model))
        {
            // The one operation whose model OpenAI chooses when none is named.
            model = call.Operation == Operation.Moderation ? UsualModeration : throw Missing(call, "model");
        }
        string? alias = null;
        if (call.Caller?.Aliases is { } aliases && aliases.TryGetValue(model.ToString(), out var target))
        {
            alias = target.Grants ? model.ToString() : null;
            model = target.Target;
        }
        if (call.Snapshot.Routes.Resolve(model) is not { } route)
        {
            var told = model.Length <= LongestModelName ? model.ToString() : "(longer than 512 characters)";
            if (call.Operation == Operation.Moderation && forced is null && !call.View.Has(RequestMember.Model))
            {
                told += " (OpenAI's usual one, because none is named: set general_settings.moderation_model, or give a model that name)";
            }
            throw new GatewayException(new GatewayError(ErrorKind.UnknownModel,
                $"{call.Surface.Name}: Invalid model name passed in model={told}. Call `/v1/models` to view available models for your key.") { Param = "model" });
        }
        ModelAccess.Require(call.Caller, route, alias);
        call.Target = route;
        call.Record.RequestedModel = route.RequestedModel;
        call.Record.ModelGroup = route.Group.Name;
        call.Record.Streamed = call.Stream;
    }

    /// <summary>A fallback that the request itself names is asked for like any other model.</summary>
    private static void RequireFallbackAccess(GatewayCall call)
    {
        if (call.Caller is not { Models.Count: > 0 })
        {
            return;
        }
        foreach (var name in (IEnumerable<string>)[.. call.Options.Fallbacks ?? [], .. call.Options.ContextWindowFallbacks ?? [], .. call.Options.ContentPolicyFallbacks ?? []])
        {
            if (call.Snapshot.Routes.Resolve(name) is { } route)
            {
                ModelAccess.Require(call.Caller, route);
            }
        }
    }

    private static void RequireContent(GatewayCall call)
    {
        if (call.Upload is { } upload)
        {
            RequireFile(call, upload);
            return;
        }
        var (member, name) = (call.Operation, call.Format) switch
        {
            (Operation.ImageGeneration, _) => (RequestMember.Prompt, "prompt"),
            (Operation.Speech or Operation.Moderation, _) => (RequestMember.Input, "input"),
            (Operation.Rerank, _) => call.View.Has(RequestMember.Query) ? (RequestMember.Documents, "documents") : (RequestMember.Query, "query"),
            (Operation.Completion, _) => (RequestMember.Prompt, "prompt"),
            (Operation.Embedding, _) => (RequestMember.Input, "input"),
            (_, WireFormat.OpenAIResponses) => (RequestMember.Input, "input"),
            (_, WireFormat.GeminiGenerate) => (RequestMember.Contents, "contents"),
            _ => (RequestMember.Messages, "messages"),
        };
        // A stored prompt or an earlier response can stand for the input.
        var stored = call.Format == WireFormat.OpenAIResponses && (call.View.Has(RequestMember.Prompt) || call.View.Has(RequestMember.PreviousResponseId));
        if (!call.View.Has(member) && !stored)
        {
            throw Missing(call, name);
        }
    }

    private static void RequireFile(GatewayCall call, Upload upload)
    {
        var name = call.Operation == Operation.ImageEdit ? "image" : "file";
        if (!upload.Form.Parts.Any(part => part.IsFile && part.BareName == name))
        {
            throw Missing(call, name);
        }
        if (call.Operation == Operation.ImageEdit && !call.View.Has(RequestMember.Prompt))
        {
            throw Missing(call, "prompt");
        }
    }

    private static void RefuseUnserved(GatewayCall call, ReadOnlySpan<byte> body)
    {
        foreach (ref readonly var member in call.View.Members)
        {
            switch (member.Member)
            {
                case RequestMember.MockTesting when !call.Snapshot.Config.Request.AllowMockTesting:
                    throw new GatewayException(new GatewayError(ErrorKind.MockTestingDisabled,
                        $"Mock testing request params are disabled on this proxy: {Name(body, member)}. " +
                        "Set general_settings.dangerously_allow_mock_testing_request_params: true to enable them.") { Param = Name(body, member) });
                case RequestMember.Guardrails or RequestMember.Policies when !IsEmptyValue(body, member):
                    throw new GatewayException(new GatewayError(ErrorKind.GuardrailUnavailable,
                        $"'{Name(body, member)}' asks for checks that this build does not serve; the request is refused rather than sent unchecked.") { Param = Name(body, member) });
                case RequestMember.ExtraBody or RequestMember.ExtraHeaders when !IsEmptyValue(body, member):
                    throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                        $"'{Name(body, member)}' is not taken from a request body; send its members at the top level.") { Param = Name(body, member) });
                case >= RequestMember.ApiBase when !ClientsideParams.Allows(call.Target, Name(body, member), Text(body, member)):
                    throw new GatewayException(new GatewayError(ErrorKind.EndpointInBody,
                        $"'{Name(body, member)}' names an endpoint or a credential and can't be set by a request. " +
                        "An administrator can allow it for a model with `configurable_clientside_auth_params`.") { Param = Name(body, member) });
                default:
                    break;
            }
        }
    }

    private static void ReadEndUser(GatewayCall call, ReadOnlySpan<byte> body)
    {
        if (call.View.Has(RequestMember.User))
        {
            call.Record.EndUser = call.View.Text(body, RequestMember.User) ?? "";
        }
        else if (call.Snapshot.Config.Request.UserHeaderName is { } header && call.Http.Request.Headers.TryGetValue(header, out var user))
        {
            call.Record.EndUser = user.ToString();
        }
    }

    private static bool IsEmptyValue(ReadOnlySpan<byte> body, in MemberSpan member) =>
        body[member.Value.Start..member.Value.End] is var value && (value.SequenceEqual("null"u8) || value.SequenceEqual("[]"u8) || value.SequenceEqual("{}"u8));

    private static string? Text(ReadOnlySpan<byte> body, in MemberSpan member)
    {
        var reader = new Utf8JsonReader(body[member.Value.Start..member.Value.End]);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    private static string Name(ReadOnlySpan<byte> body, in MemberSpan member) => RequestPatcher.NameOf(body, member.NameStart);

    private static GatewayException Missing(GatewayCall call, string name) =>
        new(new GatewayError(ErrorKind.MissingMember, $"{call.Surface.Name}: Missing required parameter: '{name}'.") { Param = name });
}
