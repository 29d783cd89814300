using System.Text;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Storage;

/// <summary>The words under which enumerations are stored, so that the table explains itself to whoever queries it.</summary>
internal static class LedgerNames
{
    public static ReadOnlySpan<byte> Of(Operation operation) => operation switch
    {
        Operation.Chat => "chat"u8,
        Operation.Completion => "completion"u8,
        Operation.Embedding => "embedding"u8,
        Operation.CountTokens => "count_tokens"u8,
        Operation.ImageGeneration => "image_generation"u8,
        Operation.ImageEdit => "image_edit"u8,
        Operation.Transcription => "transcription"u8,
        Operation.Translation => "translation"u8,
        Operation.Speech => "speech"u8,
        Operation.Moderation => "moderation"u8,
        Operation.Rerank => "rerank"u8,
        Operation.StoredResponse => "stored_response"u8,
        Operation.File => "file"u8,
        Operation.Batch => "batch"u8,
        Operation.Realtime => "realtime"u8,
        Operation.PassThrough => "pass_through"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "an operation without a stored name"),
    };

    public static ReadOnlySpan<byte> Of(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Success => "success"u8,
        RequestOutcome.Failure => "failure"u8,
        RequestOutcome.Broken => "broken"u8,
        RequestOutcome.ClientGone => "client_gone"u8,
        RequestOutcome.Interrupted => "interrupted"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without a stored name"),
    };

    public static Operation OperationOf(string name)
    {
        foreach (var operation in Enum.GetValues<Operation>())
        {
            if (Matches(name, Of(operation)))
            {
                return operation;
            }
        }

        throw new LedgerFormatException($"the ledger holds the operation '{name}', which this build does not know; a later build wrote it");
    }

    public static RequestOutcome OutcomeOf(string name)
    {
        foreach (var outcome in Enum.GetValues<RequestOutcome>())
        {
            if (Matches(name, Of(outcome)))
            {
                return outcome;
            }
        }

        throw new LedgerFormatException($"the ledger holds the outcome '{name}', which this build does not know; a later build wrote it");
    }

    private static bool Matches(string name, ReadOnlySpan<byte> stored) => Ascii.Equals(stored, name);
}
