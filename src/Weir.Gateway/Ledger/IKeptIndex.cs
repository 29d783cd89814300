using Weir.Providers;

namespace Weir.Gateway.Ledger;

/// <summary>
/// Which files and batches belong to whom. An upstream lists those of the whole account; this says which of them a caller may see. The ids
/// themselves need no index: each holds its owner.
/// </summary>
public interface IKeptIndex
{
    /// <summary>Adds a thing, or replaces what is known of it; its place in the order stays.</summary>
    ValueTask PutAsync(KeptThing thing, CancellationToken cancellationToken);

    /// <summary>Forgets a thing; fine when it is not there.</summary>
    ValueTask RemoveAsync(string owner, KeptKind kind, string id, CancellationToken cancellationToken);

    /// <summary>A page of one owner's things, in the order in which they were added.</summary>
    ValueTask<IReadOnlyList<KeptThing>> ListAsync(KeptPage page, CancellationToken cancellationToken);
}
