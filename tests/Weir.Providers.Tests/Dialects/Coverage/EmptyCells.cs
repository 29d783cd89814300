namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>Why a cell of the coverage table is empty. A cell that no row here explains fails the test.</summary>
internal static class EmptyCells
{
    private sealed record Row(string Reason, Func<string, WireFormat, WireFormat, bool, bool> Explains);

    private static readonly Row[] Rows =
    [
        new("only a request says it, and requests are not streamed", (feature, _, _, streamed) => streamed && Features.OfRequests.Contains(feature)),
        new("only a stream has it", (feature, _, _, streamed) => !streamed && feature == "error_in_stream"),
    ];

    /// <summary>The reason; null when there is none.</summary>
    internal static string? Reason(string feature, WireFormat from, WireFormat to, bool streamed) =>
        Array.Find(Rows, row => row.Explains(feature, from, to, streamed))?.Reason;
}
