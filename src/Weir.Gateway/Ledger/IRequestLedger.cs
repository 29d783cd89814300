namespace Weir.Gateway.Ledger;

/// <summary>Where finished requests are written down. Implemented by the journal; the store behind it fills in the background.</summary>
public interface IRequestLedger
{
    /// <summary>
    /// Makes the row survive what the configured durability promises, then returns. Completes synchronously under <c>process</c>.
    /// </summary>
    /// <exception cref="LedgerFullException">The journal has reached its cap: the request must be refused.</exception>
    ValueTask AppendAsync(RequestRecord record, CancellationToken cancellationToken);

    /// <summary>Completes when the store has every row appended so far.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>False when the journal is full and new requests must be refused before they cost anything.</summary>
    bool Accepts { get; }
}

/// <summary>The journal is at its cap because the store behind it does not take rows, or its disk takes no more.</summary>
/// <param name="message">What is full and what to do.</param>
/// <param name="inner">The disk's error, or null.</param>
public sealed class LedgerFullException(string message, Exception? inner = null) : Exception(message, inner);
