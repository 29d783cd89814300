using System.Collections.Immutable;
using System.Text.Json;

namespace Weir.TestKit.Wire.Realtime;

/// <summary>The conversation of a session as it stands when the client asks for a response.</summary>
internal sealed class RealtimeTurn : ModelRequest
{
    public RealtimeTurn(ModelRoute route, JsonElement? response, IEnumerable<JsonElement> items, JsonElement session, int number)
        : base(route, response, number)
    {
        Tools = [.. session.Items("tools").Select(t => new OfferedTool(t.Text("name") ?? "", t.Member("parameters")))];
        foreach (var item in items)
        {
            var output = item.Is("type", "function_call_output");
            var text = output ? item.Text("output") ?? "" : item.Member("content").Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (output || item.Is("role", "user"))
            {
                LastText = text;
                AfterTool = output;
            }
        }

        AddTools();
    }

    public override ImmutableArray<OfferedTool> Tools { get; }
}
