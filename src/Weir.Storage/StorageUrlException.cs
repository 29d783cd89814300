namespace Weir.Storage;

/// <summary>The database URL cannot be used.</summary>
/// <param name="message">Why, and what to write instead.</param>
public sealed class StorageUrlException(string message) : Exception(message);
