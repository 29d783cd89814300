using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>OpenAI's and Azure OpenAI's way with keys, errors and streams.</summary>
internal class OpenAIShape : WireShape
{
    public static readonly OpenAIShape Instance = new();

    public override ReadOnlyMemory<byte> EndlessStart { get; } = "data: {\"choices\":[{\"delta\":{\"content\":\""u8.ToArray();

    public override ReadOnlyMemory<byte> FloodEvent { get; } =
        "data: {\"id\":\"f\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n"u8.ToArray();

    public override bool Carries(HttpRequest http, string key) => http.Headers["api-key"] == key || Bearer(http, key);

    public override Fault NoModel(ScriptedModelOptions options, string name) => Fault.Http(404) with
    {
        Code = options.Flavor == ModelFlavor.Azure ? "DeploymentNotFound" : "model_not_found",
        Message = options.Flavor == ModelFlavor.Azure
            ? "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."
            : $"The model `{name}` does not exist or you do not have access to it.",
    };

    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) => new ErrorAnswer(options, fault, request);

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent)
    {
        using var buffer = new EventBuffer();
        buffer.Start();
        buffer.Json.WriteStartObject();
        new ErrorAnswer(options, fault, request).WriteError(buffer.Json);
        buffer.Json.WriteEndObject();
        return buffer.End();
    }
}
