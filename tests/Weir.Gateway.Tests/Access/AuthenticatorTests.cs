using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Tests.Access;

public sealed class AuthenticatorTests
{
    private const string Master = "sk-master-0123456789";
    private static readonly Authenticator Guarded = new(new AccessConfig { MasterKey = new Secret(Master) });

    [Fact]
    public void The_master_key_is_known_by_its_hash()
    {
        var caller = Guarded.Authenticate(Key(Master), out var error);
        Assert.Null(error);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Master))), caller?.KeyHash);
        Assert.True(caller?.IsAdmin);
    }

    [Theory]
    [InlineData(Master + "0")]
    [InlineData("sk-master-012345678")]
    [InlineData("SK-MASTER-0123456789")]
    [InlineData("sk-m\u00e4ster")]
    [InlineData("nothing")]
    public void Another_key_is_not(string key)
    {
        Assert.Null(Guarded.Authenticate(Key(key), out var error));
        Assert.NotNull(error);
        Assert.Equal(401, error.HttpStatus);
    }

    [Fact]
    public void No_key_is_said_so()
    {
        Assert.Null(Guarded.Authenticate(new HeaderDictionary(), out var error));
        Assert.Equal((ErrorKind.NoKey, "Authentication Error, No api key passed in."), (error?.Kind, error?.Message));
    }

    [Fact]
    public void An_unknown_key_is_answered_in_LiteLLMs_words_and_masked()
    {
        Guarded.Authenticate(Key("sk-somebody-else-9876"), out var error);
        var hash = Convert.ToHexStringLower(SHA256.HashData("sk-somebody-else-9876"u8));
        Assert.Equal(
            $"Authentication Error, Invalid proxy server token passed. Received API Key = sk-...9876, Key Hash (Token) ={hash}. " +
            "Unable to find token in cache or `LiteLLM_VerificationTokenTable`", error?.Message);
        Assert.Equal(("token_not_found_in_db", "key"), (error?.WireType, error?.Param));
    }

    [Theory]
    [InlineData("a-key-without-the-prefix", "...efix")]
    [InlineData("short", "****")]
    [InlineData("Bearer", "****")]
    public void A_key_of_another_shape_is_answered_in_LiteLLMs_words_and_masked(string key, string masked)
    {
        Guarded.Authenticate(Key(key), out var error);
        Assert.Equal($"Authentication Error, LiteLLM Virtual Key expected. Received={masked}, expected to start with 'sk-'.", error?.Message);
        Assert.Equal(("auth_error", ErrorKind.KeyMalformed), (error?.WireType, error?.Kind));
    }

    [Fact]
    public void A_key_of_any_length_is_hashed()
    {
        var key = "sk-" + new string('\u00fc', 20_000);
        var caller = new Authenticator(new AccessConfig { MasterKey = new Secret(key) }).Authenticate(Key(key), out _);
        Assert.NotNull(caller);
    }

    [Fact]
    public void Without_a_master_key_everybody_is_anonymous_but_two_keys_are_still_refused()
    {
        var open = new Authenticator(new AccessConfig());
        Assert.Equal(Caller.Anonymous, open.Authenticate(new HeaderDictionary(), out _));
        Assert.Null(open.Authenticate(new HeaderDictionary { ["api-key"] = "a", ["x-api-key"] = "b" }, out var error));
        Assert.Equal(400, error?.HttpStatus);
    }

    private static HeaderDictionary Key(string key) => new() { ["Authorization"] = "Bearer " + key };
}
