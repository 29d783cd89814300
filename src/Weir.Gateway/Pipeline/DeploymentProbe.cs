using System.Buffers;
using System.Text.Json;
using Weir.Gateway.Routing;
using Weir.Gateway.Routing.Health;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.Embeddings;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>The smallest real call to a deployment: a few tokens of chat, one embedding, one spoken word.</summary>
internal sealed class DeploymentProbe(StreamCaps caps) : IDeploymentProbe
{
    /// <summary>Some vendors refuse a limit below this (Responses).</summary>
    private const int ProbeTokens = 16;

    /// <inheritdoc/>
    public async ValueTask<UpstreamFault?> ProbeAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        var target = (UpstreamDeployment)deployment;
        if (deployment.Config.MockResponse is not null)
        {
            return null;
        }
        var name = deployment.Config.Info.HealthCheckModel is { } stated ? WithoutPrefix(stated) : deployment.Config.UpstreamModel;
        if (name.Contains('*', StringComparison.Ordinal))
        {
            return new UpstreamFault(FaultKind.BadRequest, 0, "A wildcard can't be probed: name a model in model_info.health_check_model.");
        }
        var operation = OperationOf(deployment) ?? Operation.Chat;
        var model = target.ModelNamed(name);
        if (model.TargetOf(new Surface(operation, WireFormat.OpenAIChat, "")) is not { } where)
        {
            return new UpstreamFault(FaultKind.BadRequest, 0, $"The provider '{target.Provider.Name}' does not serve {operation} here.");
        }
        var body = new PatchedBody();
        body.Reset(operation == Operation.Embedding && target.Provider is IEmbeddingProvider { EmbeddingForm: not EmbeddingForm.OpenAI } embedder
            ? Embedding(embedder.EmbeddingForm, model.Model) : Body(operation, model.Model, where.Format));
        if (where.Variant is { } variant)
        {
            var hello = body.ToArray();
            var view = new RequestView();
            RequestReader.Read(hello, view, where.Format);
            RequestPatcher.Apply(hello, view, variant, wantUsage: false, [], body);
        }
        var reply = await target.Http.PostAsync(new UpstreamCall(where.Whole, body, target.Credential, where.Headers), cancellationToken);
        if (reply.Response is not { } response)
        {
            return reply.Fault;
        }
        using (response)
        {
            var (answer, cut) = await UpstreamAnswer.ReadAsync(response, caps.TotalBytes, cancellationToken);
            using (answer)
            {
                return response.IsSuccessStatusCode ? cut : FaultReader.Read(response, answer is null ? default : answer.Memory.Span, target.FaultContext);
            }
        }
    }

    /// <inheritdoc/>
    public string? WhyNot(Deployment deployment) => deployment.Config.MockResponse is not null ? null : OperationOf(deployment) switch
    {
        Operation.ImageGeneration or Operation.ImageEdit => "not probed: each image costs money.",
        Operation.Realtime => "not probed: a session is no single call.",
        Operation.Transcription => "not probed: a call needs a recording.",
        null when deployment.Config.Info.Mode is { } mode => $"not probed: there is no small call for the mode '{mode}'.",
        _ => null,
    };

    private static Operation? OperationOf(Deployment deployment) =>
        ProviderOperations.OfMode(deployment.Config.Info.Mode ?? (deployment as UpstreamDeployment)?.FixedModel?.Price?.Facts.Mode);

    private static string WithoutPrefix(string model) => model[(model.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static byte[] Body(Operation operation, string model, WireFormat format)
    {
        if (format != WireFormat.OpenAIChat)
        {
            return Hello(model, format);
        }
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            switch (operation)
            {
                case Operation.Embedding:
                    json.WriteString("input"u8, "probe"u8);
                    break;
                case Operation.Completion:
                    json.WriteString("prompt"u8, "Hi"u8);
                    json.WriteNumber("max_tokens"u8, 1);
                    break;
                case Operation.Moderation:
                    json.WriteString("input"u8, "Hi"u8);
                    break;
                case Operation.Speech:
                    json.WriteString("input"u8, "Hi"u8);
                    json.WriteString("voice"u8, "alloy"u8);
                    break;
                case Operation.Rerank:
                    json.WriteString("query"u8, "Hi"u8);
                    json.WriteStartArray("documents"u8);
                    json.WriteStringValue("Hi"u8);
                    json.WriteEndArray();
                    break;
                default:
                    json.WriteStartArray("messages"u8);
                    json.WriteStartObject();
                    json.WriteString("role"u8, "user"u8);
                    json.WriteString("content"u8, "Hi"u8);
                    json.WriteEndObject();
                    json.WriteEndArray();
                    break;
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static byte[] Embedding(EmbeddingForm form, string model)
    {
        var body = new ArrayBufferWriter<byte>();
        GoogleEmbeddings.WriteRequest(new EmbeddingWish { Input = ["probe"] }, form, model, body);
        return body.WrittenSpan.ToArray();
    }

    private static byte[] Hello(string model, WireFormat format)
    {
        var body = new ArrayBufferWriter<byte>();
        var turn = new ChatTurn { Model = model, MaxTokens = ProbeTokens };
        turn.Messages.Add(new ChatMessage(ChatRole.User, [new TextPart("Hi")]));
        ChatDialects.Of(format).WriteRequest(turn, body, new Dropped());
        return body.WrittenSpan.ToArray();
    }
}
