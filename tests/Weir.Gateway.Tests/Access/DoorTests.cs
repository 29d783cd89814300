using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Access;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Tests.Access;

/// <summary>From where and to which routes one may come in.</summary>
public sealed class DoorTests
{
    private const string Master = "sk-master-0123456789";

    [Theory]
    // allowed | trusted | peer | X-Forwarded-For -> let in
    [InlineData("", "", "203.0.113.9", null, true)]
    [InlineData("203.0.113.9", "", "203.0.113.9", null, true)]
    [InlineData("203.0.113.0/24 2001:db8::/32", "", "203.0.113.9", null, true)]
    [InlineData("203.0.113.0/24 2001:db8::/32", "", "2001:db8::1", null, true)]
    [InlineData("203.0.113.0/24", "", "::ffff:203.0.113.9", null, true)]
    [InlineData("203.0.113.0/24", "", "198.51.100.1", null, false)]
    [InlineData("203.0.113.0/24", "", null, null, false)]
    [InlineData("203.0.113.0/24", "", "198.51.100.1", "203.0.113.9", false)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", "203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", "203.0.113.9, 198.51.100.1", false)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", "198.51.100.1, 203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", "198.51.100.1, 203.0.113.9:1234, 10.0.0.2", true)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", "nonsense", false)]
    [InlineData("203.0.113.0/24", "10.0.0.0/8", "10.0.0.1", null, false)]
    [InlineData("2001:db8::/32", "10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:99", true)]
    public async Task Only_allowed_addresses_come_in_and_only_trusted_proxies_speak_for_others(string allowed, string trusted, string? peer, string? forwarded, bool letIn)
    {
        var authenticator = new Authenticator(new AccessConfig { MasterKey = new Secret(Master), AllowedAddresses = Networks(allowed), TrustedProxies = Networks(trusted) });
        var http = Request("/v1/models");
        http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        http.Request.Headers["X-Forwarded-For"] = forwarded;
        var admission = await authenticator.AdmitAsync(http, new AskedRoute(RouteKind.Info, "/v1/models"));
        Assert.Equal(letIn, admission.Caller is not null);
        Assert.Equal(letIn ? null : 403, admission.Error?.HttpStatus);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("llm_api_routes", true)]
    [InlineData("openai_routes", true)]
    [InlineData("info_routes", false)]
    [InlineData("management_routes", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/chat/completions", false)]
    [InlineData("/v1/chat", true)]
    [InlineData("/v1/ch", false)]
    [InlineData("/v1/*", true)]
    [InlineData("/v1/chat/comp*", true)]
    [InlineData("/v2/* info_routes", false)]
    [InlineData("nonsense", false)]
    public async Task A_key_with_routes_calls_only_those(string routes, bool letIn)
    {
        var caller = new Caller(HashOf("sk-dev"), "dev", false) { Routes = RouteSet.Of(routes.Split(' ', StringSplitOptions.RemoveEmptyEntries)) };
        var authenticator = new Authenticator(new AccessConfig { MasterKey = new Secret(Master) }, others: new Dictionary<string, Caller> { [caller.KeyHash] = caller });
        var http = Request("/v1/chat/completions", "sk-dev");
        var admission = await authenticator.AdmitAsync(http, new AskedRoute(RouteKind.LlmApi, "/v1/chat/completions"));
        Assert.Equal(letIn, admission.Caller is not null);
        if (!letIn)
        {
            Assert.Equal((ErrorKind.RouteDenied, 403, "None"), (admission.Error?.Kind, admission.Error?.HttpStatus, admission.Error?.Param));
            Assert.EndsWith("Tried to call route: /v1/chat/completions", admission.Error?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_is_past_its_end_is_told_when_it_was()
    {
        var end = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        var caller = new Caller(HashOf("sk-dev"), "dev", false) { ExpiresAt = end, KeyName = "sk-...abcd" };
        var time = new FakeTimeProvider(end.AddSeconds(1));
        var authenticator = new Authenticator(new AccessConfig { MasterKey = new Secret(Master) }, null, time, new Dictionary<string, Caller> { [caller.KeyHash] = caller });
        var admission = await authenticator.AdmitAsync(Request("/v1/models", "sk-dev"), new AskedRoute(RouteKind.Info, "/v1/models"));
        Assert.Equal(
            "Authentication Error - Expired Key. Key Expiry time 2026-01-02 03:04:05.678000+00:00 and current time 2026-01-02 03:04:06.678000+00:00",
            admission.Error?.Message);
        Assert.Equal((401, "expired_key", "sk-...abcd"), (admission.Error?.HttpStatus, admission.Error?.WireType, admission.Error?.Param));
    }

    [Fact]
    public async Task A_known_key_is_let_in_without_waiting_and_without_an_allocation()
    {
        var directory = new Keys.DirectoryOf();
        await directory.PutKeyAsync("sk-dev-0123456789", """{"models":["gpt"],"allowed_routes":["llm_api_routes"],"expires":"9999-01-01T00:00:00Z"}""");
        var keys = new Weir.Gateway.Access.Keys.KnownKeys(new Weir.Gateway.Access.Keys.CallerReader(directory), TimeProvider.System);
        var authenticator = new Authenticator(new AccessConfig { MasterKey = new Secret(Master) }, keys);
        var http = Request("/v1/chat/completions");
        http.Request.Headers.Remove("Authorization");
        http.Request.Headers["api-key"] = "sk-dev-0123456789";
        var asked = new AskedRoute(RouteKind.LlmApi, "/v1/chat/completions");
        Assert.NotNull((await authenticator.AdmitAsync(http, asked)).Caller);
        Assert.True(authenticator.AdmitAsync(http, asked).IsCompletedSuccessfully);
        Assert.Equal(0, Allocations.Least(() => _ = authenticator.AdmitAsync(http, asked)));
        Assert.Equal((true, true, false), (authenticator.Knows("Bearer sk-dev-0123456789"), authenticator.Knows(Master), authenticator.Knows("sk-another-0123456789")));
    }

    private static DefaultHttpContext Request(string path, string key = Master)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = path;
        http.Request.Headers.Authorization = "Bearer " + key;
        return http;
    }

    private static string HashOf(string key) => Weir.Gateway.Access.Keys.KeyHash.Of(key).ToHex();

    private static List<IPNetwork> Networks(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => IPNetwork.Parse(item.Contains('/', StringComparison.Ordinal) ? item : item + "/32"))];
}
