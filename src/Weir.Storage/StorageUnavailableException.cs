namespace Weir.Storage;

/// <summary>The database can't be used now.</summary>
/// <param name="message">Which one, why, and what to do; never holds a credential.</param>
/// <param name="inner">The driver's error.</param>
public sealed class StorageUnavailableException(string message, Exception inner) : Exception(message, inner);
