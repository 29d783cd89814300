using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>Answers "who are you". This build knows the master key alone; every other key is unknown.</summary>
internal sealed class Authenticator
{
    private readonly byte[]? _masterHash;
    private readonly Caller _master;
    private readonly string? _keyHeader;
    private readonly IReadOnlyDictionary<string, Caller> _others;

    /// <summary>Knows the configured master key, and <paramref name="others"/> by the hash of their key.</summary>
    internal Authenticator(AccessConfig config, IReadOnlyDictionary<string, Caller>? others = null)
    {
        _others = others ?? System.Collections.Frozen.FrozenDictionary<string, Caller>.Empty;
        _keyHeader = config.KeyHeaderName;
        _masterHash = config.MasterKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal())) : null;
        _master = _masterHash is null ? Caller.Anonymous : new Caller(Convert.ToHexStringLower(_masterHash), "master", true);
    }

    /// <summary>The caller, or the reason why there is none.</summary>
    internal Caller? Authenticate(IHeaderDictionary headers, out GatewayError? error)
    {
        var key = PresentedKey.Find(headers, _keyHeader, out error);
        if (error is not null)
        {
            return null;
        }
        if (_masterHash is null)
        {
            return Caller.Anonymous;
        }
        if (key is null)
        {
            error = new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in.");
            return null;
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        if (CryptographicOperations.FixedTimeEquals(hash, _masterHash))
        {
            return _master;
        }
        if (_others.Count > 0 && _others.TryGetValue(Convert.ToHexStringLower(hash), out var other))
        {
            return other;
        }
        error = Unknown(key, hash);
        return null;
    }

    /// <summary>Whether <paramref name="value"/> is a key of some caller, as it is or behind a scheme (<c>Bearer</c>, <c>Basic</c>).</summary>
    internal bool Knows(string value)
    {
        var key = PresentedKey.In(value);
        if (_masterHash is null || key.Length == 0)
        {
            return false;
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        return CryptographicOperations.FixedTimeEquals(hash, _masterHash) || (_others.Count > 0 && _others.ContainsKey(Convert.ToHexStringLower(hash)));
    }

    private static void Hash(string key, Span<byte> hash)
    {
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = size <= 1024 ? stackalloc byte[1024] : new byte[size];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
    }

    private static GatewayError Unknown(string key, ReadOnlySpan<byte> hash) =>
        !key.StartsWith("sk-", StringComparison.Ordinal)
            ? new GatewayError(ErrorKind.KeyMalformed,
                $"Authentication Error, LiteLLM Virtual Key expected. Received={Masked(key)}, expected to start with 'sk-'.")
            : new GatewayError(ErrorKind.KeyUnknown,
                "Authentication Error, Invalid proxy server token passed. " +
                $"Received API Key = {Masked(key)}, Key Hash (Token) ={Convert.ToHexStringLower(hash)}. " +
                "Unable to find token in cache or `LiteLLM_VerificationTokenTable`") { Param = "key" };

    /// <summary>Enough to recognise one's own key, nothing to use.</summary>
    private static string Masked(string key) => key.Length < 12 ? "****" : $"{(key.StartsWith("sk-", StringComparison.Ordinal) ? "sk-" : "")}...{key[^4..]}";
}
