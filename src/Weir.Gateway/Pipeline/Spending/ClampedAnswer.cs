using System.Globalization;
using System.Text;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>A limit that Weir sets to the answer of a request that sets none, because its budget affords no longer one.</summary>
/// <param name="Member">The member of the body that sets it.</param>
/// <param name="Tokens">How many.</param>
internal sealed record ClampedAnswer(string Member, long Tokens)
{
    /// <summary>What the format calls it; null where it has no such member at the top level.</summary>
    internal static string? MemberFor(GatewayCall call, UpstreamDeployment deployment) => (call.Operation, call.Format) switch
    {
        (Operation.Chat, WireFormat.OpenAIChat) => deployment.Provider.Name is "openai" or "azure" ? "max_completion_tokens" : "max_tokens",
        (Operation.Completion, _) or (Operation.Chat, WireFormat.AnthropicMessages) => "max_tokens",
        (Operation.Chat, WireFormat.OpenAIResponses) => "max_output_tokens",
        _ => null,
    };

    /// <summary>The patch that sets it, too.</summary>
    internal RequestPatch In(RequestPatch patch) => patch with
    {
        Defaults = new Dictionary<string, ReadOnlyMemory<byte>>(patch.Defaults) { [Member] = Encoding.ASCII.GetBytes(Tokens.ToString(CultureInfo.InvariantCulture)) },
    };
}
