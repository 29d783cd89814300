using Weir.Gateway.Access;

namespace Weir.Gateway.Ledger;

/// <summary>The charges of a row as they lie in it, one after the other.</summary>
public ref struct LedgerCharges
{
    private WireReader _rest;
    private int _left;

    internal LedgerCharges(WireReader rest, int count)
    {
        _rest = rest;
        _left = count;
    }

    /// <summary>How many are left to read.</summary>
    public readonly int Left => _left;

    /// <summary>Bytes that are the same for two charges of the same window and epoch.</summary>
    internal ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Nano-dollars of the charge that was read last.</summary>
    public long Nanos { get; private set; }

    /// <summary>The charge that was read last.</summary>
    public readonly SpendCharge Current => ChargeWire.ReadKey(Key) with { Nanos = Nanos };

    /// <summary>Reads the next one; false when there is none.</summary>
    public bool Next()
    {
        if (_left == 0)
        {
            return false;
        }
        _left--;
        Key = _rest.Bytes();
        Nanos = _rest.Signed();
        return true;
    }

    /// <summary>Reads over all of them and says where what follows begins.</summary>
    /// <exception cref="LedgerFormatException">They are no charges.</exception>
    internal static WireReader Skip(WireReader reader, out LedgerCharges charges)
    {
        var count = reader.Unsigned();
        if (count > SpendCharge.Most)
        {
            throw new LedgerFormatException("a row has more charges than a row can have");
        }
        charges = new LedgerCharges(reader, (int)count);
        var all = charges;
        while (all.Next())
        {
            ChargeWire.ReadKey(all.Key);
        }
        return all._rest;
    }
}
