using System.Net;

namespace Weir.Providers.Upstream;

/// <summary>Crosses <see cref="SocketsHttpHandler"/> from the connect callback; <see cref="ConnectFault"/> turns it into a value on the other side.</summary>
internal sealed class AddressRefusedException(string host, int port, IPAddress address, AddressVerdict verdict, bool named)
    : IOException(Explain(host, port, address, verdict, named))
{
    /// <summary>Why.</summary>
    public AddressVerdict Verdict { get; } = verdict;

    private static string Explain(string host, int port, IPAddress address, AddressVerdict verdict, bool named)
    {
        var what = verdict switch
        {
            AddressVerdict.Metadata => "a cloud metadata service",
            AddressVerdict.LinkLocal => "a link-local address",
            AddressVerdict.Loopback => "this machine",
            AddressVerdict.Private => "a private network",
            AddressVerdict.Shared => "a carrier's or cluster's inside network",
            AddressVerdict.Multicast => "a multicast group",
            AddressVerdict.Unspecified => "the unspecified address",
            _ => "a reserved network",
        };
        return named || !AddressGuard.Allows(verdict, named: true)
            ? $"Refused to connect to {host}:{port}: {address} is {what}, which no configuration can allow."
            : $"Refused to connect to {host}:{port}: {address} is {what}. Only hosts that the configuration names (`api_base`) may be there.";
    }
}
