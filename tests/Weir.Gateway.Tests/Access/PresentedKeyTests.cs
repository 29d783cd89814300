using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Tests.Access;

public sealed class PresentedKeyTests
{
    [Theory]
    [InlineData("Authorization", "Bearer sk-1")]
    [InlineData("Authorization", "bearer   sk-1 ")]
    [InlineData("authorization", "BEARER sk-1")]
    [InlineData("Authorization", "sk-1")]
    [InlineData("x-litellm-api-key", "sk-1")]
    [InlineData("x-litellm-api-key", "Bearer sk-1")]
    [InlineData("api-key", "sk-1")]
    [InlineData("x-api-key", "sk-1")]
    [InlineData("Ocp-Apim-Subscription-Key", "sk-1")]
    [InlineData("My-Key", "Bearer sk-1")]
    public void A_key_is_found_in_each_header(string header, string value) => Assert.Equal("sk-1", Find((header, value)));

    [Theory]
    [InlineData("public:sk-1", "sk-1")]
    [InlineData("sk-1:", "sk-1")]
    [InlineData("sk-1", "sk-1")]
    [InlineData("a:b:c", "b:c")]
    public void Basic_credentials_hold_the_key_as_password_or_as_name(string pair, string key) =>
        Assert.Equal(key, Find(("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)))));

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic ")]
    [InlineData("Basic c2s=x")]
    [InlineData("Bearer ")]
    [InlineData("")]
    public void A_header_without_a_key_has_none(string value) => Assert.Null(Find(("Authorization", value)));

    [Fact]
    public void A_long_Basic_value_is_read_too()
    {
        var key = new string('k', 5000);
        Assert.Equal(key, Find(("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + key)))));
    }

    [Theory]
    [InlineData("x-litellm-api-key")]
    [InlineData("My-Key")]
    public void An_Authorization_beside_the_gateways_own_header_is_meant_for_an_upstream(string own) =>
        Assert.Equal("sk-1", Find((own, "sk-1"), ("Authorization", "Bearer sk-upstream")));

    [Theory]
    [InlineData("Authorization", "Bearer sk-1", "api-key", "sk-2")]
    [InlineData("api-key", "sk-1", "x-api-key", "sk-2")]
    [InlineData("x-litellm-api-key", "sk-1", "api-key", "sk-2")]
    [InlineData("x-litellm-api-key", "sk-1", "My-Key", "sk-2")]
    [InlineData("Authorization", "Bearer sk-1", "Ocp-Apim-Subscription-Key", "sk-2")]
    public void Two_different_keys_are_refused_whatever_their_order(string first, string firstValue, string second, string secondValue)
    {
        foreach (var pair in new[] { ((first, firstValue), (second, secondValue)), ((second, secondValue), (first, firstValue)) })
        {
            Assert.Null(PresentedKey.Find(Headers(pair.Item1, pair.Item2), "My-Key", out var error));
            Assert.Equal(ErrorKind.ConflictingKeys, error?.Kind);
            Assert.DoesNotContain("sk-", error?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_header_sent_twice_with_two_keys_is_refused()
    {
        var headers = new HeaderDictionary { ["api-key"] = new(["sk-1", "sk-2"]) };
        Assert.Null(PresentedKey.Find(headers, null, out var error));
        Assert.Equal(ErrorKind.ConflictingKeys, error?.Kind);
    }

    [Fact]
    public void The_same_key_in_several_headers_is_one_key() =>
        Assert.Equal("sk-1", Find(("Authorization", "Bearer sk-1"), ("api-key", "sk-1"), ("x-api-key", "Bearer sk-1")));

    private static string? Find(params (string Name, string Value)[] sent)
    {
        var key = PresentedKey.Find(Headers(sent), "My-Key", out var error);
        Assert.Null(error);
        return key;
    }

    private static HeaderDictionary Headers(params (string Name, string Value)[] sent)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in sent)
        {
            headers[name] = value;
        }
        return headers;
    }
}
