namespace Weir.Gateway.Ledger;

/// <summary>Bytes that are not a row in a form that this build knows.</summary>
/// <param name="message">What is wrong.</param>
public sealed class LedgerFormatException(string message) : Exception(message);
