namespace Weir.Providers.Upstream;

/// <summary>What kind of network an address belongs to, in the order of harm: of several verdicts on one address the last counts.</summary>
internal enum AddressVerdict
{
    /// <summary>Routable in the public Internet.</summary>
    Public,

    /// <summary>Set aside by IANA: documentation, benchmarks, protocol assignments, class E, unassigned IPv6.</summary>
    Reserved,

    /// <summary>Carrier-grade NAT, 100.64.0.0/10: inside of a provider or a cluster.</summary>
    Shared,

    /// <summary>RFC 1918, unique local and site-local IPv6.</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>One to many; no server lives there.</summary>
    Multicast,

    /// <summary>0.0.0.0/8 and <c>::</c>: many systems connect them to this machine.</summary>
    Unspecified,

    /// <summary>This link only: 169.254.0.0/16, fe80::/10.</summary>
    LinkLocal,

    /// <summary>A cloud's metadata service, which hands out credentials to whoever asks.</summary>
    Metadata,
}
