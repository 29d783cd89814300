using System.Text;

namespace Weir.Gateway.Tests.Pipeline.PassThrough;

/// <summary>Bodies that leave while they come, and the way that every call takes, in front of a real socket.</summary>
public sealed class RelayedBodyTests
{
    private const string Yaml =
        """
        model_list: [{model_name: m, litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k} }]
        general_settings:
          master_key: sk-master
          max_file_size_mb: 0.0625
          max_request_size_mb: 0.03125
          pass_through_endpoints: [{path: /any, target: UPSTREAM/v1, include_subpath: true, forward_headers: true}]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/any/files", true)]
    [InlineData("/any/files", false)]
    [InlineData("/any/embeddings", true)]
    [InlineData("/any/embeddings", false)]
    public async Task A_body_over_the_bound_is_refused_announced_or_not(string path, bool announced)
    {
        await using var stand = await EngineStand.StartAsync(Yaml, Token);
        var bytes = Encoding.ASCII.GetBytes("{\"input\":\"" + new string('x', 100_000) + "\"}");
        using HttpContent content = announced ? new ByteArrayContent(bytes) : new StreamContent(new MemoryStream(bytes));
        content.Headers.ContentType = new("application/json");
        if (!announced)
        {
            content.Headers.ContentLength = null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Authorization", "Bearer sk-master");
        request.Headers.TransferEncodingChunked = !announced;
        using var answer = await stand.Http.SendAsync(request, Token);

        Assert.Equal(413, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Vendors_prefixes_can_be_taken_away()
    {
        await using var stand = await EngineStand.StartAsync(Yaml + "\nweir_settings: {vendor_prefixes: false}", Token);

        var (vendor, _) = await stand.SendAsync("sk-master", HttpMethod.Get, "/openai_passthrough/v1/models", null, Token);
        var (files, _) = await stand.SendAsync("sk-master", HttpMethod.Get, "/mistral/v1/files", null, Token);
        var (endpoint, _) = await stand.SendAsync("sk-master", HttpMethod.Get, "/any/models", null, Token);
        var (_, routes) = await stand.SendAsync("sk-master", HttpMethod.Get, "/routes", null, Token);

        Assert.Equal((404, 200), (vendor, endpoint));
        Assert.NotEqual(404, files);
        Assert.Equal(1, stand.Upstream.RequestCount);
        Assert.DoesNotContain("/openai_passthrough", routes, StringComparison.Ordinal);
        Assert.Contains("/any", routes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_callers_key_opens_it_and_stays_here()
    {
        await using var stand = await EngineStand.StartAsync(Yaml, Token, others: ["sk-other"]);

        var (status, _) = await stand.SendAsync("sk-other", HttpMethod.Get, "/any/models", null, Token);
        var (unknown, _) = await stand.SendAsync("sk-nobody", HttpMethod.Get, "/any/models", null, Token);

        Assert.Equal((200, 401), (status, unknown));
        Assert.DoesNotContain(stand.Upstream.Requests.Last.Headers, header => header.Value.Contains("sk-other", StringComparison.Ordinal));
    }
}
