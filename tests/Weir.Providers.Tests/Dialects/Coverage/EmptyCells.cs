namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>Why a cell of the coverage table is empty. A cell that no row here explains fails the test.</summary>
internal static class EmptyCells
{
    private sealed record Row(string Reason, Func<string, WireFormat, WireFormat, bool, bool> Explains);

    private static readonly Row[] Rows =
    [
        new("only a request says it, and requests are not streamed", (feature, _, _, streamed) => streamed && Features.OfRequests.Contains(feature)),
        new("OpenAI chat takes pictures from the user only: those of a result follow in a message of the user", (feature, _, to, _) => feature == "tool_result_image" && to == WireFormat.OpenAIChat),
        new("OpenAI chat has no mark for a tool's failure", (feature, from, to, _) => feature == "tool_error" && (from == WireFormat.OpenAIChat || to == WireFormat.OpenAIChat)),
        new("OpenAI chat's streams hold nothing of tools that run at a vendor", (feature, from, to, streamed) => feature == "builtin_tool" && streamed && (from == WireFormat.OpenAIChat || to == WireFormat.OpenAIChat)),
        new("OpenAI chat says `stop` whether or not a stop text was met", (feature, _, to, streamed) => feature == "stop_sequence" && streamed && to == WireFormat.OpenAIChat),
        new("the sources of a streamed text are told in the words of one dialect only", (feature, from, to, streamed) => feature == "citations" && streamed && from != to),
        new("a neutral stream does not name the tier that was served", (feature, _, _, streamed) => feature == "service_tier" && streamed),
        new("OpenAI Responses has no mark for a tool's failure", (feature, from, to, _) => feature == "tool_error" && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("OpenAI Responses has no stop texts", (feature, from, to, _) => feature == "stop_sequence" && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("OpenAI Responses has no seed", (feature, from, to, _) => feature == "seed" && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("OpenAI Responses gives one answer", (feature, from, to, _) => feature == "n" && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("OpenAI caches by itself, and the marks are not sent there", (feature, _, to, _) => feature == "cache_control" && to == WireFormat.OpenAIResponses),
        new("answers of OpenAI Responses hold no sound", (feature, from, to, streamed) => feature == "audio" && streamed && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("a tool that runs at OpenAI is not there elsewhere, nor the other way round",
            (feature, from, to, _) => feature == "builtin_tool" && from != to && (from == WireFormat.OpenAIResponses || to == WireFormat.OpenAIResponses)),
        new("only a stream has it", (feature, _, _, streamed) => !streamed && feature == "error_in_stream"),
    ];

    /// <summary>The reason; null when there is none.</summary>
    internal static string? Reason(string feature, WireFormat from, WireFormat to, bool streamed) =>
        Array.Find(Rows, row => row.Explains(feature, from, to, streamed))?.Reason;
}
