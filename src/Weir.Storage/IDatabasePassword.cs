namespace Weir.Storage;

/// <summary>A password that changes by itself, such as an Entra token. Asked for again and again while a database is open.</summary>
public interface IDatabasePassword
{
    /// <summary>The password that is valid now.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    ValueTask<string> CurrentAsync(CancellationToken cancellationToken);
}
