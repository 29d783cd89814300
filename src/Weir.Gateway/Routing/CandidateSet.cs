namespace Weir.Gateway.Routing;

/// <summary>The deployments still in question, as indices into their group: steps strike them out in place, without allocating.</summary>
internal ref struct CandidateSet
{
    private readonly ReadOnlySpan<Deployment> _deployments;
    private readonly Span<int> _indices;

    /// <summary>All deployments of a group.</summary>
    /// <param name="deployments">The group.</param>
    /// <param name="buffer">Room for one index per deployment.</param>
    public CandidateSet(ReadOnlySpan<Deployment> deployments, Span<int> buffer)
    {
        _deployments = deployments;
        _indices = buffer;
        Count = deployments.Length;
        for (var i = 0; i < Count; i++)
        {
            _indices[i] = i;
        }
    }

    /// <summary>How many are left.</summary>
    public int Count { get; private set; }

    /// <summary>The candidate at a position.</summary>
    public readonly Deployment this[int position] => _deployments[_indices[position]];

    /// <summary>Strikes out the candidate at a position; those after it move up, so that file order stays.</summary>
    public void RemoveAt(int position)
    {
        _indices[(position + 1)..Count].CopyTo(_indices[position..]);
        Count--;
    }

    /// <summary>Starts a sweep: every candidate that <see cref="Keep"/> is not called for is struck out by <see cref="Seal"/>.</summary>
    public readonly Sweep Begin() => default;

    /// <summary>Keeps the candidate at a position.</summary>
    public readonly void Keep(ref Sweep sweep, int position) => _indices[sweep.Kept++] = _indices[position];

    /// <summary>Ends a sweep and says how many were struck out.</summary>
    public int Seal(Sweep sweep)
    {
        var struck = Count - sweep.Kept;
        Count = sweep.Kept;
        return struck;
    }

    /// <summary>Progress of one pass over the candidates.</summary>
    internal struct Sweep
    {
        internal int Kept;
    }
}
