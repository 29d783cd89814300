using System.Collections.Concurrent;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Hands out AWS credentials: one set of keys per identity, shared by every deployment that uses it, in whatever region.</summary>
public sealed class AwsSignIn
{
    /// <summary>Keys are not used in their last seconds: they must still be valid when the upstream reads them.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Action<UpstreamFault> _trouble;
    private readonly AwsRoleExchange _tokens;
    private readonly AwsMachine _machine;
    private readonly ConcurrentDictionary<AwsIdentity, Renewal<AwsKeys>> _renewals = new();
    private readonly ConcurrentDictionary<(AwsIdentity Identity, string Region, string Service), ICredential> _credentials = new();

    /// <summary>Fetches nothing yet.</summary>
    /// <param name="connector">Opens the sockets.</param>
    /// <param name="time">Clock for the keys' lives and the signatures.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="trouble">Told of every failed sign-in, also of refreshes that no request waits for.</param>
    public AwsSignIn(OutboundConnector connector, TimeProvider time, Func<string, string?> variable, Action<UpstreamFault> trouble)
    {
        _time = time;
        _trouble = trouble;
        _tokens = new(connector, time, variable);
        _machine = new(connector);
    }

    /// <summary>
    /// The credential of <paramref name="identity"/> for <paramref name="service"/> (<c>bedrock</c>) in <paramref name="region"/>; equal
    /// arguments give the same instance.
    /// </summary>
    /// <exception cref="FormatException">A bearer token holds a character that no header may carry.</exception>
    public ICredential Credential(AwsIdentity identity, string region, string service)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return _credentials.GetOrAdd((identity, region, service), static (key, self) => self.Create(key.Identity, key.Region, key.Service), this);
    }

    private ICredential Create(AwsIdentity identity, string region, string service) => identity.Kind switch
    {
        AwsKind.BearerToken => new ApiKeyCredential("Authorization", "Bearer ", identity.BearerToken ?? new("")),
        AwsKind.Keys when identity.Keys is { } keys => new AwsCredential(new(region, service), keys, _time),
        _ => new AwsCredential(new(region, service), RenewalOf(identity), _time),
    };

    private Renewal<AwsKeys> RenewalOf(AwsIdentity identity) => _renewals.GetOrAdd(identity, static (identity, self) =>
        new(async token => self.Leased(await self.FetchAsync(identity, token)), error => AwsFault.From(error, identity), self._time, self._trouble), this);

    private Task<AwsKeys> FetchAsync(AwsIdentity identity, CancellationToken cancellationToken) => identity.Kind switch
    {
        AwsKind.WebIdentity => _tokens.WithWebIdentityAsync(identity, cancellationToken),
        AwsKind.Role => AssumeAsync(identity, cancellationToken),
        AwsKind.Container => _machine.FromContainerAsync(identity, cancellationToken),
        AwsKind.InstanceMetadata => _machine.FromMetadataAsync(identity, cancellationToken),
        _ => throw new AwsSignInException("keys are configured but missing."),
    };

    private async Task<AwsKeys> AssumeAsync(AwsIdentity identity, CancellationToken cancellationToken)
    {
        var source = identity.Source ?? throw new AwsSignInException("nobody is configured who could assume the role.");
        var (keys, fault) = source.Keys is { } known ? (known, null) : await RenewalOf(source).GetAsync(cancellationToken);
        return keys is null ? throw new AwsSignInException(fault?.Message ?? "no keys.", fault?.Code) : await _tokens.WithKeysAsync(identity, keys, cancellationToken);
    }

    /// <summary>Renewed from half their life on, but not more often than every half minute.</summary>
    private Lease<AwsKeys> Leased(AwsKeys keys)
    {
        if (keys.ExpiresAt is not { } end)
        {
            return new(keys, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
        }
        var now = _time.GetUtcNow();
        var half = (end - now) / 2;
        return new(keys, now + (half > ShortestRest ? half : ShortestRest), end - Margin);
    }
}
