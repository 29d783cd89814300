using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.PassThrough;

/// <summary>Endpoints of the configuration, in front of a server that nobody knows anything about.</summary>
public sealed class EndpointTests(EndpointTests.Shared shared) : IClassFixture<EndpointTests.Shared>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PassThroughStand Stand => shared.Stand;

    [Fact]
    public async Task A_call_goes_on_byte_for_byte_with_the_endpoints_header_and_without_the_callers_key()
    {
        const string body = """{ "a" : [1.50 ,"é\u00e9"],"a":2 }""";
        Stand.Server.Answer = static http =>
        {
            http.Response.StatusCode = 201;
            http.Response.Headers["x-upstream"] = "yes";
            http.Response.Headers.SetCookie = "session=1";
            http.Response.ContentType = "application/vnd.later+json";
            return http.Response.WriteAsync("""{ "b" : 1e0 }""", http.RequestAborted);
        };

        using var response = await Stand.SendAsync(HttpMethod.Post, "/one", Token, body);

        Assert.Equal((201, """{ "b" : 1e0 }""", "application/vnd.later+json"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), response.Content.Headers.ContentType?.ToString()));
        Assert.Equal("yes", response.Headers.GetValues("x-upstream").Single());
        Assert.False(response.Headers.Contains("Set-Cookie"));
        var came = Stand.Server.Last;
        Assert.Equal(("POST", "/base", body, "bearer " + PassThroughStand.ServerKey), (came.Method, came.Target, came.Body, came.Header("authorization")));
        Assert.Equal("application/json; charset=utf-8", came.Header("content-type"));
        Assert.DoesNotContain(WeirProcess.MasterKey, came.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/one")]
    [InlineData("/all/x")]
    [InlineData("/keyed/x")]
    public async Task A_key_is_asked_for_unless_the_file_says_otherwise(string path)
    {
        var before = Stand.Server.Arrivals.Count;

        using var none = await Stand.SendAsync(HttpMethod.Get, path, Token, keyed: false);
        using var wrong = await Stand.SendAsync(HttpMethod.Get, path, Token, keyed: false, with: headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-wrong"));

        Assert.Equal((401, 401, before), ((int)none.StatusCode, (int)wrong.StatusCode, Stand.Server.Arrivals.Count));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("x-pass-x-note")]
    public async Task An_open_endpoint_needs_no_key_and_passes_on_none_of_Weirs(string header)
    {
        Stand.Server.Answer = static http => http.Response.WriteAsync("ok", http.RequestAborted);

        using var response = await Stand.SendAsync(HttpMethod.Get, "/open/x", Token, keyed: false, with: headers =>
        {
            headers.TryAddWithoutValidation(header, header == "Authorization" ? "Bearer " + WeirProcess.MasterKey : WeirProcess.MasterKey);
            headers.Add("x-trace", "1");
        });

        Assert.Equal((200, "1"), ((int)response.StatusCode, Stand.Server.Last.Header("x-trace")));
        Assert.DoesNotContain(WeirProcess.MasterKey, Stand.Server.Last.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_the_caller_go_on_only_where_the_file_says_so()
    {
        Stand.Server.Answer = static http => http.Response.WriteAsync("ok", http.RequestAborted);
        using var kept = await Stand.SendAsync(HttpMethod.Get, "/all/x", Token, with: Add);
        var first = Stand.Server.Last;
        using var forwarded = await Stand.SendAsync(HttpMethod.Get, "/keyed/x", Token, keyed: false, with: headers =>
        {
            Add(headers);
            headers.Add("x-litellm-api-key", WeirProcess.MasterKey);
            headers.Authorization = new AuthenticationHeaderValue("Bearer", "of-the-upstream");
        });
        var second = Stand.Server.Last;

        Assert.Equal((200, 200), ((int)kept.StatusCode, (int)forwarded.StatusCode));
        Assert.Equal((null, "2", PassThroughStand.ServerKey, null), (first.Header("x-own"), first.Header("x-wished"), first.Header("x-api-key"), first.Header("cookie")));
        Assert.Equal(("1", "2", "Bearer of-the-upstream", null), (second.Header("x-own"), second.Header("x-wished"), second.Header("authorization"), second.Header("cookie")));
        Assert.Null(second.Header("x-litellm-api-key"));

        static void Add(HttpRequestHeaders headers)
        {
            headers.Add("x-own", "1");
            headers.Add("x-pass-x-wished", "2");
            headers.Add("x-pass-host", "evil.example");
            headers.Add("x-pass-x-api-key", "stolen");
            headers.Add("Cookie", "a=b");
        }
    }

    [Theory]
    [InlineData("/one/x", 404, null)]
    [InlineData("/all", 200, "/base")]
    [InlineData("/all/a/b%2Fc%20d?x=%41&y", 200, "/base/a/b%2Fc%20d?x=%41&y")]
    [InlineData("/all//a", 200, "/base//a")]
    [InlineData("/allx", 404, null)]
    [InlineData("/merged?b=5&d=%20", 200, "/q?a=1&b=5&d=%20&c=3")]
    [InlineData("/merged", 200, "/q?a=1&b=2&c=3")]
    [InlineData("/replaced?b=5", 200, "/q?b=5")]
    [InlineData("/replaced", 200, "/q?a=1&b=2")]
    [InlineData("/all/x?token=" + WeirProcess.MasterKey + "&y=1", 200, "/base/x?y=1")]
    public async Task Paths_and_queries_arrive_as_they_were_written(string path, int status, string? target)
    {
        Stand.Server.Answer = static http => http.Response.WriteAsync("ok", http.RequestAborted);
        var before = Stand.Server.Arrivals.Count;

        using var response = await Stand.SendAsync(HttpMethod.Get, path, Token);

        Assert.Equal((status, target), ((int)response.StatusCode, Stand.Server.Arrivals.Count > before ? Stand.Server.Last.Target : null));
    }

    [Theory]
    [InlineData("/all/../secret")]
    [InlineData("/all/%2e%2e/secret")]
    [InlineData("/all/%2E./secret")]
    [InlineData("/all/..%2fsecret")]
    [InlineData("/all/a%2f..%2f..%2fsecret")]
    [InlineData("/all/%252e%252e/secret")]
    [InlineData("/all/..%5csecret")]
    [InlineData("/all/a\\..\\secret")]
    [InlineData("/all/..;x/secret")]
    [InlineData("/all/a%00b")]
    [InlineData("/all/a%0d%0ax:y")]
    [InlineData("/all/%zz")]
    [InlineData("/%61ll/x")]
    [InlineData("/all/./x")]
    public async Task A_path_that_could_lead_elsewhere_goes_nowhere(string path)
    {
        var before = Stand.Server.Arrivals.Count;

        using var response = await Stand.SendAsync(HttpMethod.Get, path, Token);

        Assert.InRange((int)response.StatusCode, 400, 404);
        Assert.Equal(before, Stand.Server.Arrivals.Count);
    }

    [Fact]
    public async Task Only_the_methods_of_the_file_are_taken()
    {
        Stand.Server.Answer = static http => http.Response.WriteAsync("ok", http.RequestAborted);

        using var refused = await Stand.SendAsync(HttpMethod.Delete, "/open/x", Token);
        using var usual = await Stand.SendAsync(HttpMethod.Delete, "/all/x", Token);

        Assert.Equal((405, 200), ((int)refused.StatusCode, (int)usual.StatusCode));
        Assert.Equal("DELETE", Stand.Server.Last.Method);
    }

    [Fact]
    public async Task An_error_passes_as_it_is_but_for_a_credential_of_ours_in_it()
    {
        Stand.Server.Answer = static http =>
        {
            http.Response.StatusCode = 418;
            http.Response.Headers.RetryAfter = "7";
            return http.Response.WriteAsync($$"""{ "teapot":"{{PassThroughStand.ServerKey}}" }""", http.RequestAborted);
        };

        using var response = await Stand.SendAsync(HttpMethod.Post, "/one", Token, "{}");

        Assert.Equal((418, """{ "teapot":"***" }""", "7"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), response.Headers.RetryAfter?.ToString()));
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(304, null)]
    [InlineData(200, 0L)]
    public async Task An_answer_without_a_body_passes_too(int status, long? length)
    {
        Stand.Server.Answer = http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentLength = length;
            http.Response.Headers.ETag = "\"1\"";
            return Task.CompletedTask;
        };

        using var response = await Stand.SendAsync(HttpMethod.Delete, "/all/x", Token);

        Assert.Equal((status, "", "\"1\""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), response.Headers.ETag?.Tag));
    }

    [Fact]
    public async Task A_dead_server_and_a_slow_one_are_told_in_Weirs_words()
    {
        Stand.Server.Answer = static http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        using var dead = await Stand.SendAsync(HttpMethod.Post, "/dead/x", Token, "{}");
        using var slow = await Stand.SendAsync(HttpMethod.Post, "/slow", Token, "{}");

        Assert.Equal((502, 408), ((int)dead.StatusCode, (int)slow.StatusCode));
        Assert.Contains("\"error\":{\"message\":", await dead.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/base/there?x=1", 307, "/all/there?x=1")]
    [InlineData("http://elsewhere.example/x", 502, null)]
    [InlineData("/outside", 502, null)]
    public async Task A_redirect_is_told_as_a_place_of_Weirs_and_never_leads_to_another_host(string location, int status, string? told)
    {
        Stand.Server.Answer = http =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = location;
            return Task.CompletedTask;
        };

        using var response = await Stand.SendAsync(HttpMethod.Get, "/all/x", Token);

        Assert.Equal((status, told), ((int)response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Pieces_leave_as_they_come()
    {
        var heard = new TaskCompletionSource();
        Stand.Server.Answer = async http =>
        {
            await http.Response.WriteAsync("first", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await heard.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("second", http.RequestAborted);
        };

        using var response = await Stand.SendAsync(HttpMethod.Get, "/all/x", Token, head: true);
        await using var stream = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[64];
        var read = await stream.ReadAsync(buffer, Token);
        heard.SetResult();
        using var rest = new StreamReader(stream);

        Assert.Equal(("first", "second"), (System.Text.Encoding.ASCII.GetString(buffer, 0, read), await rest.ReadToEndAsync(Token)));
    }

    [Fact]
    public async Task A_large_body_of_no_known_form_passes_both_ways()
    {
        Stand.Server.Answer = static http => http.Response.WriteAsync("got it", http.RequestAborted);
        var bytes = new string('x', 3 << 20);

        using var response = await Stand.SendAsync(HttpMethod.Put, "/all/file", Token, bytes);

        Assert.Equal((200, "got it", bytes.Length), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), Stand.Server.Last.Body.Length));
    }

    [Fact]
    public async Task The_lists_of_routes_tell_of_them()
    {
        using var list = await Stand.SendAsync(HttpMethod.Get, "/routes", Token);
        using var document = await Stand.SendAsync(HttpMethod.Get, "/openapi.json", Token, keyed: false);

        var (routes, api) = (await list.Content.ReadAsStringAsync(Token), await document.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Contains("\"/all/{**path}\"", routes, StringComparison.Ordinal);
        Assert.Contains("\"/anthropic/{**path}\"", routes, StringComparison.Ordinal);
        Assert.Contains("\"/one\"", api, StringComparison.Ordinal);
        Assert.Contains("\"/gemini/{path}\"", api, StringComparison.Ordinal);
    }

    /// <summary>One gateway for all.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        private PassThroughStand? _stand;

        internal PassThroughStand Stand => _stand ?? throw new InvalidOperationException("not started");

        public async ValueTask InitializeAsync() => _stand = await PassThroughStand.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => _stand?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
