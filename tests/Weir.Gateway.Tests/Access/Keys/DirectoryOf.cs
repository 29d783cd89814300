using System.Text;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Tests.Access.Keys;

/// <summary>A directory in memory that counts what is asked of it, and that can be told to wait or to fail.</summary>
internal sealed class DirectoryOf : IDirectoryStore
{
    private readonly MemoryDirectoryStore _store = new();
    private int _finds;

    /// <summary>Look-ups so far.</summary>
    public int Finds => Volatile.Read(ref _finds);

    /// <summary>Look-ups wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Everything fails.</summary>
    public bool Away { get; set; }

    /// <summary>Writes an entry, new or not.</summary>
    public async Task PutAsync(DirectoryKind kind, string id, string document)
    {
        var token = TestContext.Current.CancellationToken;
        var entry = new DirectoryEntry(kind, id, Encoding.UTF8.GetBytes(document));
        var there = await _store.FindAsync(kind, id, token);
        await _store.ApplyAsync([there is null ? new DirectoryChange.Add(entry) : new DirectoryChange.Replace(entry with { Revision = there.Revision })], token);
    }

    /// <summary>Writes a key.</summary>
    public Task PutKeyAsync(string key, string document) => PutAsync(DirectoryKind.Key, KeyHash.Of(key).ToHex(), document);

    public async ValueTask<DirectoryEntry?> FindAsync(DirectoryKind kind, string id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _finds);
        await Gate;
        return Away ? throw new IOException("the database is away") : await _store.FindAsync(kind, id, cancellationToken);
    }

    public ValueTask<DirectoryEntry?> FindByAliasAsync(DirectoryKind kind, string alias, CancellationToken cancellationToken) => _store.FindByAliasAsync(kind, alias, cancellationToken);

    public ValueTask<DirectoryPage> ListAsync(DirectoryQuery query, CancellationToken cancellationToken) => _store.ListAsync(query, cancellationToken);

    public ValueTask<long> ApplyAsync(IReadOnlyList<DirectoryChange> steps, CancellationToken cancellationToken) => _store.ApplyAsync(steps, cancellationToken);

    public ValueTask<DirectoryChanges> ChangesSinceAsync(long revision, CancellationToken cancellationToken) =>
        Away ? throw new IOException("the database is away") : _store.ChangesSinceAsync(revision, cancellationToken);
}
