using System.Buffers;
using System.Text;
using Weir.Gateway.Access;

namespace Weir.Gateway.Ledger;

/// <summary>
/// The charges of a row: for each, the length of its key, the key (kind, id, window, start, epoch), the amount. The key is one stretch of
/// bytes, so that rows are summed without making strings.
/// </summary>
internal static class ChargeWire
{
    // An id that is 64 lower-case hex digits (a key's hash) is kept as its 32 bytes.
    private const byte BinaryId = 0x80;

    /// <summary>Most bytes that <see cref="Write"/> needs.</summary>
    public static int Bound(ReadOnlySpan<SpendCharge> charges)
    {
        var bound = 5;
        foreach (ref readonly var charge in charges)
        {
            bound += 3 + 1 + 33 + WireWriter.TextBound(charge.Scope.Id) + WireWriter.TextBound(charge.Window) + 30;
        }
        return bound;
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<SpendCharge> charges)
    {
        if (charges.Length > SpendCharge.Most)
        {
            throw new ArgumentException($"a row has at most {SpendCharge.Most} charges, not {charges.Length}", nameof(charges));
        }
        writer.Unsigned((uint)charges.Length);
        Span<byte> buffer = stackalloc byte[1 + WireWriter.MaxTextBytes + 2 + WireWriter.MaxTextBytes + 2 + 20];
        foreach (ref readonly var charge in charges)
        {
            var key = new WireWriter(buffer);
            WriteKey(ref key, charge);
            writer.Bytes(buffer[..key.Length]);
            writer.Signed(charge.Nanos);
        }
    }

    /// <summary>The charge of a key, without an amount.</summary>
    public static SpendCharge ReadKey(ReadOnlySpan<byte> key)
    {
        var reader = new WireReader(key);
        var kind = reader.Byte();
        var id = reader.Bytes();
        var text = (kind & BinaryId) != 0 ? Convert.ToHexStringLower(id) : Encoding.UTF8.GetString(id);
        return new SpendCharge(
            new Scope((ScopeKind)(kind & ~BinaryId), text), Encoding.UTF8.GetString(reader.Bytes()), reader.Signed(), reader.Signed(), 0);
    }

    private static void WriteKey(ref WireWriter writer, in SpendCharge charge)
    {
        Span<byte> hash = stackalloc byte[32];
        var id = charge.Scope.Id;
        if (id.Length == 64 && !id.AsSpan().ContainsAnyInRange('A', 'F') && Convert.FromHexString(id, hash, out _, out _) == OperationStatus.Done)
        {
            writer.Byte((byte)((byte)charge.Scope.Kind | BinaryId));
            writer.Bytes(hash);
        }
        else
        {
            writer.Byte((byte)charge.Scope.Kind);
            writer.Text(id);
        }
        writer.Text(charge.Window);
        writer.Signed(charge.WindowStart);
        writer.Signed(charge.Epoch);
    }
}
