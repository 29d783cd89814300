using System.Net;
using CsCheck;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class AddressGuardTests
{
    private const string Public = nameof(AddressVerdict.Public);
    private const string Private = nameof(AddressVerdict.Private);
    private const string Loopback = nameof(AddressVerdict.Loopback);
    private const string LinkLocal = nameof(AddressVerdict.LinkLocal);
    private const string Metadata = nameof(AddressVerdict.Metadata);
    private const string Multicast = nameof(AddressVerdict.Multicast);
    private const string Reserved = nameof(AddressVerdict.Reserved);
    private const string Shared = nameof(AddressVerdict.Shared);
    private const string Unspecified = nameof(AddressVerdict.Unspecified);

    [Theory]
    // Public, and the neighbours of every special range.
    [InlineData("1.1.1.1", Public)]
    [InlineData("8.8.8.8", Public)]
    [InlineData("9.255.255.255", Public)]
    [InlineData("11.0.0.0", Public)]
    [InlineData("20.42.65.92", Public)]
    [InlineData("100.63.255.255", Public)]
    [InlineData("100.128.0.0", Public)]
    [InlineData("126.255.255.255", Public)]
    [InlineData("128.0.0.1", Public)]
    [InlineData("168.63.129.15", Public)]
    [InlineData("168.63.129.17", Public)]
    [InlineData("169.253.255.255", Public)]
    [InlineData("169.255.0.0", Public)]
    [InlineData("172.15.255.255", Public)]
    [InlineData("172.32.0.0", Public)]
    [InlineData("192.0.1.0", Public)]
    [InlineData("192.167.255.255", Public)]
    [InlineData("192.169.0.0", Public)]
    [InlineData("198.17.255.255", Public)]
    [InlineData("198.20.0.0", Public)]
    [InlineData("223.255.255.255", Public)]
    // The own networks.
    [InlineData("10.0.0.0", Private)]
    [InlineData("10.255.255.255", Private)]
    [InlineData("172.16.0.1", Private)]
    [InlineData("172.31.255.255", Private)]
    [InlineData("192.168.0.1", Private)]
    [InlineData("192.168.255.255", Private)]
    [InlineData("100.64.0.0", Shared)]
    [InlineData("100.127.255.255", Shared)]
    [InlineData("127.0.0.1", Loopback)]
    [InlineData("127.255.255.254", Loopback)]
    // Links, metadata, nowhere, many.
    [InlineData("169.254.0.1", LinkLocal)]
    [InlineData("169.254.255.255", LinkLocal)]
    [InlineData("169.254.169.254", Metadata)]
    [InlineData("169.254.169.253", Metadata)]
    [InlineData("169.254.170.2", Metadata)]
    [InlineData("169.254.170.23", Metadata)]
    [InlineData("168.63.129.16", Metadata)]
    [InlineData("100.100.100.200", Metadata)]
    [InlineData("192.0.0.192", Metadata)]
    [InlineData("0.0.0.0", Unspecified)]
    [InlineData("0.1.2.3", Unspecified)]
    [InlineData("224.0.0.1", Multicast)]
    [InlineData("239.255.255.255", Multicast)]
    [InlineData("240.0.0.1", Reserved)]
    [InlineData("255.255.255.255", Reserved)]
    [InlineData("192.0.0.1", Reserved)]
    [InlineData("192.0.2.1", Reserved)]
    [InlineData("192.88.99.1", Reserved)]
    [InlineData("198.18.0.1", Reserved)]
    [InlineData("198.19.255.255", Reserved)]
    [InlineData("198.51.100.7", Reserved)]
    [InlineData("203.0.113.7", Reserved)]
    // IPv6.
    [InlineData("2606:4700:4700::1111", Public)]
    [InlineData("2a00:1450:4001:81b::200e", Public)]
    [InlineData("2001:4860:4860::8888", Public)]
    [InlineData("::", Unspecified)]
    [InlineData("::1", Loopback)]
    [InlineData("fe80::1", LinkLocal)]
    [InlineData("fe80::1%3", LinkLocal)]
    [InlineData("febf::1", LinkLocal)]
    [InlineData("fec0::1", Private)]
    [InlineData("fc00::1", Private)]
    [InlineData("fdff::1", Private)]
    [InlineData("fd00:ec2::254", Metadata)]
    [InlineData("fd20:ce::254", Metadata)]
    [InlineData("ff02::1", Multicast)]
    [InlineData("2001:db8::1", Reserved)]
    [InlineData("3fff::1", Reserved)]
    [InlineData("100::1", Reserved)]
    [InlineData("4000::1", Reserved)]
    [InlineData("5f00::1", Reserved)]
    [InlineData("64:ff9b:1::1", Private)]
    // IPv4 inside IPv6.
    [InlineData("::ffff:127.0.0.1", Loopback)]
    [InlineData("::ffff:10.1.2.3", Private)]
    [InlineData("::ffff:169.254.169.254", Metadata)]
    [InlineData("::ffff:8.8.8.8", Public)]
    [InlineData("::ffff:0:192.168.1.1", Private)]
    [InlineData("::127.0.0.1", Loopback)]
    [InlineData("::169.254.169.254", Metadata)]
    [InlineData("64:ff9b::a9fe:a9fe", Metadata)]
    [InlineData("64:ff9b::7f00:1", Loopback)]
    [InlineData("64:ff9b::808:808", Public)]
    [InlineData("2002:7f00:1::", Loopback)]
    [InlineData("2002:a9fe:a9fe::1", Metadata)]
    [InlineData("2002:808:808::1", Reserved)]
    [InlineData("2001:0:808:808:0:0:80ff:fffe", Loopback)]
    [InlineData("2001:0:a9fe:a9fe:0:0:f7f7:f7f7", Metadata)]
    [InlineData("2606:4700::5efe:10.0.0.1", Private)]
    [InlineData("2606:4700::200:5efe:127.0.0.1", Loopback)]
    public void Each_address_gets_its_verdict(string address, string verdict) =>
        Assert.Equal(Enum.Parse<AddressVerdict>(verdict), AddressGuard.Check(IPAddress.Parse(address)));

    [Theory]
    [InlineData(Public, true, true)]
    [InlineData(Private, false, true)]
    [InlineData(Loopback, false, true)]
    [InlineData(Shared, false, true)]
    [InlineData(Reserved, false, true)]
    [InlineData(LinkLocal, false, false)]
    [InlineData(Metadata, false, false)]
    [InlineData(Multicast, false, false)]
    [InlineData(Unspecified, false, false)]
    public void The_configuration_opens_own_networks_only(string verdict, bool unnamed, bool named)
    {
        var parsed = Enum.Parse<AddressVerdict>(verdict);
        Assert.Equal(unnamed, AddressGuard.Allows(parsed, named: false));
        Assert.Equal(named, AddressGuard.Allows(parsed, named: true));
    }

    [Theory]
    [InlineData("::ffff:0.6.109.22", "0.6.109.22")]
    [InlineData("::ffff:1.58.168.218", "1.58.168.218")]
    [InlineData("::ffff:1.207.255.70", "1.207.255.70")]
    public void A_mapped_address_is_judged_as_the_one_inside(string mapped, string alone) =>
        Assert.Equal(AddressGuard.Check(IPAddress.Parse(alone)), AddressGuard.Check(IPAddress.Parse(mapped)));

    [Fact]
    public void An_address_inside_another_is_never_judged_milder_than_alone() =>
        Gen.Byte.Array[4].Sample(v4 =>
        {
            var alone = AddressGuard.Check(new(v4));
            Assert.Equal(alone, AddressGuard.Check(new IPAddress(v4).MapToIPv6()));
            Assert.Equal(alone, AddressGuard.Check(Inside("64:ff9b::", 12, v4)));
            Assert.True(AddressGuard.Check(Inside("2002::", 2, v4)) >= alone);
            Assert.True(AddressGuard.Check(Inside("2001::", 12, [.. v4.Select(b => (byte)~b)])) >= alone);
            Assert.True(AddressGuard.Check(Inside("2606:4700::5efe:0:0", 12, v4)) >= alone);
        });

    [Fact]
    public void What_is_public_is_in_no_special_range() =>
        Gen.Byte.Array[4].Sample(v4 =>
        {
            if (AddressGuard.Check(new(v4)) == AddressVerdict.Public)
            {
                // Said a second time in other words than the table's.
                Assert.False(v4[0] is 0 or 10 or 127 or >= 224);
                Assert.False(v4[0] == 172 && v4[1] is >= 16 and <= 31);
                Assert.False(v4[0] == 192 && v4[1] == 168);
                Assert.False(v4[0] == 169 && v4[1] == 254);
                Assert.False(v4[0] == 100 && v4[1] is >= 64 and <= 127);
            }
        });

    [Fact]
    public void Public_IPv6_is_global_unicast_or_carries_a_public_IPv4() =>
        Gen.Byte.Array[16].Sample(v6 =>
        {
            if (AddressGuard.Check(new(v6)) == AddressVerdict.Public)
            {
                Assert.True(v6[0] >> 5 == 1 || v6.Take(2).SequenceEqual(new byte[] { 0, 0x64 }) || v6.Take(8).All(b => b == 0));
            }
        });

    private static IPAddress Inside(string prefix, int at, byte[] v4)
    {
        var bytes = IPAddress.Parse(prefix).GetAddressBytes();
        v4.CopyTo(bytes, at);
        return new(bytes);
    }
}
