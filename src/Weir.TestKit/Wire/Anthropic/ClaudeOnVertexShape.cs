using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.Gemini;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>Claude behind Google's front door: the door speaks Google's errors, the model Anthropic's.</summary>
internal sealed class ClaudeOnVertexShape : AnthropicShape
{
    public static readonly new ClaudeOnVertexShape Instance = new();

    public override bool Carries(HttpRequest http, string key) => Bearer(http, key);

    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) =>
        fault.Status is 401 or 403 or 404 or 429 ? new GeminiError(options, fault, request) : base.Error(options, fault, request);
}
