using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Weir.Providers.Upstream;

/// <summary>
/// Judges an address that a socket is about to connect to. Pure: the same bytes always get the same verdict.
/// Sources: IANA special-purpose registries for IPv4 and IPv6, RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP).
/// </summary>
internal static class AddressGuard
{
    private static readonly (uint Network, int Bits, AddressVerdict Verdict)[] V4 =
    [
        // Single addresses first: the first match counts.
        (Ip(169, 254, 169, 254), 32, AddressVerdict.Metadata),  // Azure, AWS, GCP, OpenStack, Oracle
        (Ip(169, 254, 169, 253), 32, AddressVerdict.Metadata),  // AWS resolver, answers instance names
        (Ip(169, 254, 170, 2), 32, AddressVerdict.Metadata),    // AWS ECS task credentials
        (Ip(169, 254, 170, 23), 32, AddressVerdict.Metadata),   // AWS EKS pod identity
        (Ip(168, 63, 129, 16), 32, AddressVerdict.Metadata),    // Azure host agent ("wire server")
        (Ip(100, 100, 100, 200), 32, AddressVerdict.Metadata),  // Alibaba
        (Ip(192, 0, 0, 192), 32, AddressVerdict.Metadata),      // Oracle, older
        (Ip(0, 0, 0, 0), 8, AddressVerdict.Unspecified),
        (Ip(10, 0, 0, 0), 8, AddressVerdict.Private),
        (Ip(100, 64, 0, 0), 10, AddressVerdict.Shared),
        (Ip(127, 0, 0, 0), 8, AddressVerdict.Loopback),
        (Ip(169, 254, 0, 0), 16, AddressVerdict.LinkLocal),
        (Ip(172, 16, 0, 0), 12, AddressVerdict.Private),
        (Ip(192, 0, 0, 0), 24, AddressVerdict.Reserved),
        (Ip(192, 0, 2, 0), 24, AddressVerdict.Reserved),
        (Ip(192, 88, 99, 0), 24, AddressVerdict.Reserved),
        (Ip(192, 168, 0, 0), 16, AddressVerdict.Private),
        (Ip(198, 18, 0, 0), 15, AddressVerdict.Reserved),
        (Ip(198, 51, 100, 0), 24, AddressVerdict.Reserved),
        (Ip(203, 0, 113, 0), 24, AddressVerdict.Reserved),
        (Ip(224, 0, 0, 0), 4, AddressVerdict.Multicast),
        (Ip(240, 0, 0, 0), 4, AddressVerdict.Reserved),
    ];

    private static readonly (IPNetwork Network, AddressVerdict Verdict)[] V6 =
    [
        (IPNetwork.Parse("fd00:ec2::254/128"), AddressVerdict.Metadata),   // AWS
        (IPNetwork.Parse("fd00:ec2::23/128"), AddressVerdict.Metadata),    // AWS EKS pod identity
        (IPNetwork.Parse("fd20:ce::254/128"), AddressVerdict.Metadata),    // GCP
        (IPNetwork.Parse("::/128"), AddressVerdict.Unspecified),
        (IPNetwork.Parse("::1/128"), AddressVerdict.Loopback),
        (IPNetwork.Parse("fe80::/10"), AddressVerdict.LinkLocal),
        (IPNetwork.Parse("fec0::/10"), AddressVerdict.Private),
        (IPNetwork.Parse("fc00::/7"), AddressVerdict.Private),
        (IPNetwork.Parse("ff00::/8"), AddressVerdict.Multicast),
        (IPNetwork.Parse("64:ff9b:1::/48"), AddressVerdict.Private),       // NAT64 of a local network
        (IPNetwork.Parse("2001::/23"), AddressVerdict.Reserved),           // protocol assignments, Teredo among them
        (IPNetwork.Parse("2001:db8::/32"), AddressVerdict.Reserved),
        (IPNetwork.Parse("2002::/16"), AddressVerdict.Reserved),           // 6to4, given up in 2015
        (IPNetwork.Parse("3fff::/20"), AddressVerdict.Reserved),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>The verdict on <paramref name="address"/>; an IPv6 address that carries an IPv4 one is as harmful as that one.</summary>
    public static AddressVerdict Check(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            return AddressVerdict.Reserved;
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork when length == 4 => CheckV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            AddressFamily.InterNetworkV6 when length == 16 => CheckV6(address, bytes),
            _ => AddressVerdict.Reserved,
        };
    }

    /// <summary>
    /// Whether a socket may connect. The public Internet: always. The own networks: only when the config names the host.
    /// Links, metadata services, groups and nowhere: never.
    /// </summary>
    public static bool Allows(AddressVerdict verdict, bool named) => verdict switch
    {
        AddressVerdict.Public => true,
        AddressVerdict.Reserved or AddressVerdict.Shared or AddressVerdict.Private or AddressVerdict.Loopback => named,
        _ => false,
    };

    private static AddressVerdict CheckV4(uint address)
    {
        foreach (var (network, bits, verdict) in V4)
        {
            if ((address ^ network) >> (32 - bits) == 0)
            {
                return verdict;
            }
        }

        return AddressVerdict.Public;
    }

    private static AddressVerdict CheckV6(IPAddress address, ReadOnlySpan<byte> b)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            // IPNetwork.Contains finds these in IPv6 networks that they are not in (seen with .NET 10.0.12).
            return CheckV4(BinaryPrimitives.ReadUInt32BigEndian(b[12..]));
        }

        // A scope id changes nothing about the network that the address belongs to.
        var plain = address.ScopeId == 0 ? address : new IPAddress(b);
        foreach (var (network, verdict) in V6)
        {
            if (network.Contains(plain))
            {
                return Worse(verdict, Embedded(plain, b) ?? AddressVerdict.Public);
            }
        }

        if (Embedded(plain, b) is { } embedded)
        {
            return embedded;
        }

        return GlobalUnicast.Contains(plain) ? AddressVerdict.Public : AddressVerdict.Reserved;
    }

    /// <summary>The verdict on the IPv4 address inside, null when there is none.</summary>
    private static AddressVerdict? Embedded(IPAddress address, ReadOnlySpan<byte> b)
    {
        var last = BinaryPrimitives.ReadUInt32BigEndian(b[12..]);
        var front = BinaryPrimitives.ReadUInt64BigEndian(b);
        var middle = BinaryPrimitives.ReadUInt32BigEndian(b[8..]);

        // ::ffff:a.b.c.d (mapped), ::ffff:0:a.b.c.d (translated), ::a.b.c.d (compatible; :: and ::1 are in the table).
        if (front == 0 && (middle is 0x0000_ffff or 0xffff_0000 || (middle == 0 && last > 1)))
        {
            return CheckV4(last);
        }

        if (Nat64.Contains(address))
        {
            return CheckV4(last);
        }

        if (b[0] == 0x20 && b[1] == 0x02)
        {
            return CheckV4(BinaryPrimitives.ReadUInt32BigEndian(b[2..]));
        }

        if (front >> 32 == 0x2001_0000)
        {
            return Worse(CheckV4(BinaryPrimitives.ReadUInt32BigEndian(b[4..])), CheckV4(~last));
        }

        // ISATAP interface identifiers end in 5efe and the IPv4 address, under any prefix.
        return middle is 0x0000_5efe or 0x0200_5efe ? CheckV4(last) : null;
    }

    private static AddressVerdict Worse(AddressVerdict a, AddressVerdict b) => a > b ? a : b;

    private static uint Ip(uint a, uint b, uint c, uint d) => (a << 24) | (b << 16) | (c << 8) | d;
}
