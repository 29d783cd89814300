using System.Diagnostics.CodeAnalysis;
using Weir.Gateway.Access;

namespace Weir.Gateway.Ledger;

/// <summary>
/// Adds up what the rows of a batch charge, so that a store touches each window once for a batch and not once for a row. Reused: what was
/// learnt about a window's bytes is kept. Not safe for concurrent use.
/// </summary>
public sealed class ChargeSums
{
    private const int MostKept = 10_000;

    private readonly Dictionary<byte[], Sum> _sums = new(new SameBytes());
    private readonly Dictionary<byte[], Sum>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<Sum> _touched = [];
    private readonly List<SpendCharge> _result = [];

    /// <summary>Nothing added yet.</summary>
    public ChargeSums() => _lookup = _sums.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>
    /// The charges of the batch's rows at or behind <paramref name="from"/>, those of one window and epoch in one, in an order that is the same
    /// everywhere, so that two writers never wait for each other in a circle. What a request reserved when it began is not among them.
    /// Valid until the next call.
    /// </summary>
    public IReadOnlyList<SpendCharge> Of(LedgerBatch batch, long from)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.PositionOf(i) >= from && batch.Row(i) is { IsOpening: false } row)
            {
                Add(row);
            }
        }
        return Result();
    }

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        foreach (var sum in _touched)
        {
            sum.Nanos = 0;
            sum.Touched = false;
        }
        _touched.Clear();
        _result.Clear();
        if (_sums.Count > MostKept)
        {
            _sums.Clear();
        }
    }

    /// <summary>Adds the charges of one row.</summary>
    public void Add(in LedgerRow row)
    {
        var charges = row.Charges;
        while (charges.Next())
        {
            if (!_lookup.TryGetValue(charges.Key, out var sum))
            {
                sum = new Sum(ChargeWire.ReadKey(charges.Key));
                _lookup[charges.Key] = sum;
            }
            sum.Nanos += charges.Nanos;
            if (!sum.Touched)
            {
                sum.Touched = true;
                _touched.Add(sum);
            }
        }
    }

    /// <summary>What was added, valid until the next call.</summary>
    public IReadOnlyList<SpendCharge> Result()
    {
        _result.Clear();
        foreach (var sum in _touched)
        {
            _result.Add(sum.Key with { Nanos = sum.Nanos });
        }
        _result.Sort(static (a, b) => Compare(a, b));
        return _result;
    }

    private static int Compare(in SpendCharge a, in SpendCharge b)
    {
        var order = a.Scope.Kind.CompareTo(b.Scope.Kind);
        order = order != 0 ? order : string.CompareOrdinal(a.Scope.Id, b.Scope.Id);
        order = order != 0 ? order : string.CompareOrdinal(a.Window, b.Window);
        order = order != 0 ? order : a.WindowStart.CompareTo(b.WindowStart);
        return order != 0 ? order : a.Epoch.CompareTo(b.Epoch);
    }

    private sealed class Sum(SpendCharge key)
    {
        public SpendCharge Key { get; } = key;

        public long Nanos { get; set; }

        public bool Touched { get; set; }
    }

    private sealed class SameBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
