using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access.Keys;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>
/// Answers "who are you, and may you come in here": the master key from the configuration, every other one from the directory. What is known
/// already is answered without waiting and without an allocation.
/// </summary>
internal sealed class Authenticator
{
    private readonly KeyHash? _masterHash;
    private readonly Caller _master;
    private readonly AccessConfig _config;
    private readonly KnownKeys? _keys;
    private readonly TimeProvider _time;
    private readonly RouteSet? _routes;
    private readonly FrozenDictionary<KeyHash, Caller> _others;

    /// <summary>Knows the configured master key, the keys of the directory, and <paramref name="others"/> by the hash of their key.</summary>
    internal Authenticator(AccessConfig config, KnownKeys? keys = null, TimeProvider? time = null, IReadOnlyDictionary<string, Caller>? others = null)
    {
        _config = config;
        _keys = keys;
        _time = time ?? TimeProvider.System;
        _routes = RouteSet.Of(config.AllowedRoutes);
        _others = (others ?? FrozenDictionary<string, Caller>.Empty).ToFrozenDictionary(static pair => KeyHash.TryParse(pair.Key, out var hash) ? hash : default, static pair => pair.Value);
        _masterHash = config.MasterKey is { } key ? KeyHash.Of(key.Reveal()) : null;
        _master = _masterHash is { } master ? new Caller(master.ToHex(), "master", true) { KeyName = MaskedKey.Of(config.MasterKey?.Reveal() ?? "") } : Caller.Anonymous;
    }

    /// <summary>Lets a request in, or says why not. Waits only for a key that is not known here yet.</summary>
    internal ValueTask<Admission> AdmitAsync(HttpContext http, AskedRoute route)
    {
        if (RefusalOfAddress(http) is { } foreign)
        {
            return new ValueTask<Admission>(new Admission(null, foreign));
        }
        var caller = Recognise(http.Request.Headers, out var error, out var unknown);
        if (unknown is { } hash && _keys is { } keys)
        {
            return AskAsync(http, route, keys, hash);
        }
        return new ValueTask<Admission>(caller is null ? new Admission(null, error) : Check(caller, route, http));
    }

    /// <summary>Lets a request in without asking for a key, or says why not: for endpoints that the configuration opens.</summary>
    internal Admission AdmitAnybody(HttpContext http) => RefusalOfAddress(http) is { } foreign ? new Admission(null, foreign) : new Admission(Caller.Nobody, null);

    /// <summary>The caller behind the key of a request, when no store has to be asked; else the reason why there is none.</summary>
    internal Caller? Authenticate(IHeaderDictionary headers, out GatewayError? error)
    {
        var caller = Recognise(headers, out error, out var unknown);
        if (unknown is { } hash)
        {
            error = Unknown(PresentedKey.Find(headers, _config.KeyHeaderName, out _) ?? "", hash);
        }
        return caller;
    }

    /// <summary>Whether <paramref name="value"/> is a key of some caller, as it is or behind a scheme (<c>Bearer</c>, <c>Basic</c>). Asks no store: whoever is being served is known here.</summary>
    internal bool Knows(string value)
    {
        var key = PresentedKey.In(value);
        if (_masterHash is not { } master || key.Length == 0)
        {
            return false;
        }
        var hash = KeyHash.Of(key);
        return hash.FixedTimeEquals(master) || _others.ContainsKey(hash) || _keys?.Find(hash) is not null;
    }

    private Caller? Recognise(IHeaderDictionary headers, out GatewayError? error, out KeyHash? unknown)
    {
        unknown = null;
        var key = PresentedKey.Find(headers, _config.KeyHeaderName, out error);
        if (error is not null)
        {
            return null;
        }
        if (_masterHash is not { } master)
        {
            return Caller.Anonymous;
        }
        if (key is null)
        {
            error = new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in.");
            return null;
        }
        var hash = KeyHash.Of(key);
        if (hash.FixedTimeEquals(master))
        {
            return _master;
        }
        if (_others.Count > 0 && _others.TryGetValue(hash, out var other))
        {
            return other;
        }
        if (!key.StartsWith("sk-", StringComparison.Ordinal))
        {
            error = new GatewayError(ErrorKind.KeyMalformed,
                $"Authentication Error, LiteLLM Virtual Key expected. Received={MaskedKey.Of(key)}, expected to start with 'sk-'.");
            return null;
        }
        if (_keys?.Find(hash) is { } known)
        {
            return known;
        }
        unknown = hash;
        return null;
    }

    private async ValueTask<Admission> AskAsync(HttpContext http, AskedRoute route, KnownKeys keys, KeyHash hash)
    {
        try
        {
            var caller = await keys.AskAsync(hash, ClientAddress.Of(http, _config.TrustedProxies), http.RequestAborted);
            return caller is not null ? Check(caller, route, http)
                : new Admission(null, Unknown(PresentedKey.Find(http.Request.Headers, _config.KeyHeaderName, out _) ?? "", hash));
        }
        catch (GatewayException refused)
        {
            return new Admission(null, refused.Error);
        }
    }

    private Admission Check(Caller caller, AskedRoute route, HttpContext http)
    {
        if (caller.RefusalAt(_time) is { } ended)
        {
            return new Admission(null, ended);
        }
        if (caller.Routes is { } own && !own.Allows(route.Kind, route.Pattern, http.Request.Path.Value ?? ""))
        {
            return new Admission(null, own.Refusal(http.Request.Path.Value ?? ""));
        }
        return _routes is { } routes && !routes.Allows(route.Kind, route.Pattern, http.Request.Path.Value ?? "")
            ? new Admission(null, new GatewayError(ErrorKind.RouteDenied, $"Access forbidden: Route {http.Request.Path.Value} not allowed") { Param = "None" })
            : new Admission(caller, null);
    }

    private GatewayError? RefusalOfAddress(HttpContext http)
    {
        if (_config.AllowedAddresses.Count == 0)
        {
            return null;
        }
        var address = ClientAddress.Of(http, _config.TrustedProxies);
        return address is not null && ClientAddress.Contains(_config.AllowedAddresses, address) ? null
            : new GatewayError(ErrorKind.AddressDenied, $"Access forbidden: IP address {address} not allowed.") { Param = "None" };
    }

    private static GatewayError Unknown(string key, in KeyHash hash) => new(ErrorKind.KeyUnknown,
        "Authentication Error, Invalid proxy server token passed. " +
        $"Received API Key = {MaskedKey.Of(key)}, Key Hash (Token) ={hash.ToHex()}. " +
        "Unable to find token in cache or `LiteLLM_VerificationTokenTable`") { Param = "key" };
}
