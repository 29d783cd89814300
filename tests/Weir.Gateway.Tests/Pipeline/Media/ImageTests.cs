using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Gateway.Tests.Pipeline.Media;

[Collection("uploads")]
public sealed class ImageTests
{
    private const string TwoImages = """{"created":1,"data":[{"b64_json":"QQ=="},{"b64_json":"Qg=="}],"odd":{"kept":true}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/images/generations")]
    [InlineData("/v1/images/generations")]
    [InlineData("/openai/v1/images/generations")]
    [InlineData("/openai/deployments/m/images/generations?api-version=2025-04-01-preview")]
    public async Task Images_come_back_as_the_upstream_sent_them_under_every_path(string path)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", TwoImages, Stop), Stop, info: "{output_cost_per_image: 0.04}");

        var (status, body) = await stand.Engine.AskAsync("""{"model":"m","prompt":"a weir","n":2,"output_format":"png"}""", Stop, path);

        Assert.Equal((200, TwoImages), (status, body));
        var asked = Assert.Single(stand.Upstream.Asked);
        Assert.Equal("/v1/images/generations", asked.Path);
        Assert.Equal("""{"model":"up","prompt":"a weir","n":2,"output_format":"png"}""", Encoding.UTF8.GetString(asked.Body));
        var row = await stand.RowAsync();
        Assert.Equal((Operation.ImageGeneration, RequestOutcome.Success, true, 80_000_000L), (row.Operation, row.Outcome, row.CostKnown, row.Cost.Nanos));
    }

    [Fact]
    public async Task Images_without_a_known_price_are_flagged_and_not_free()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", TwoImages, Stop), Stop);

        await stand.Engine.AskAsync("""{"model":"m","prompt":"a weir"}""", Stop, "/images/generations");

        Assert.False((await stand.RowAsync()).CostKnown);
    }

    [Theory]
    [InlineData("{input_cost_per_pixel: 0.0000001}", "1024x1024", 104_857_600L * 2)]
    [InlineData("{input_cost_per_pixel: 0.0000001}", "512x256", 13_107_200L * 2)]
    public async Task Images_may_be_sold_by_the_pixel(string info, string size, long nanos)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", TwoImages, Stop), Stop, info: info);

        await stand.Engine.AskAsync($$"""{"model":"m","prompt":"a weir","size":"{{size}}"}""", Stop, "/images/generations");

        Assert.Equal(nanos, (await stand.RowAsync()).Cost.Nanos);
    }

    [Fact]
    public async Task Image_models_that_count_tokens_are_charged_by_their_kinds()
    {
        const string Answer = """{"created":1,"data":[{"b64_json":"QQ=="}],"usage":{"input_tokens":150,"output_tokens":1000,"total_tokens":1150,"input_tokens_details":{"text_tokens":50,"image_tokens":100}}}""";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Answer, Stop), Stop, model: "openai/gpt-image-1.5");

        await stand.Engine.AskAsync("""{"model":"m","prompt":"a weir"}""", Stop, "/images/generations");

        var row = await stand.RowAsync();
        // 50 text at 5, 100 image at 8, 1000 image out at 32 dollars a million.
        Assert.Equal(250_000 + 800_000 + 32_000_000, row.Cost.Nanos);
        Assert.Equal((150, 1000, true), (row.Usage.Prompt, row.Usage.Completion, row.CostKnown));
    }

    [Fact]
    public async Task Streamed_images_pass_event_by_event_and_are_charged_by_their_usage()
    {
        var large = new string('A', 5 << 20);
        var events = $"event: image_generation.partial_image\ndata: {{\"type\":\"image_generation.partial_image\",\"b64_json\":\"{large}\"}}\n\n" +
            "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"QQ==\",\"usage\":{\"input_tokens\":10,\"output_tokens\":100,\"total_tokens\":110}}\n\n";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("text/event-stream", events, Stop), Stop, model: "openai/gpt-image-1.5");

        using var answer = await stand.Engine.PostAsync("""{"model":"m","prompt":"a weir","stream":true,"partial_images":1}""", Stop, "/v1/images/generations");

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(events, await answer.Content.ReadAsStringAsync(Stop));
        Assert.DoesNotContain("stream_options", Encoding.UTF8.GetString(Assert.Single(stand.Upstream.Asked).Body), StringComparison.Ordinal);
        var row = await stand.RowAsync();
        Assert.Equal((true, 50_000L + 3_200_000, RequestOutcome.Success), (row.Streamed, row.Cost.Nanos, row.Outcome));
    }

    [Fact]
    public async Task An_edit_is_a_form_whose_files_pass_byte_for_byte()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", TwoImages, Stop), Stop, model: "azure/img");
        (string, string?, string) picture = ("image[]", "a.png", "\u0089PNG\r\n--Xy\r\n");

        using var answer = await stand.SendFormAsync("/openai/deployments/m/images/edits", Stop, picture, picture, ("prompt", null, "add a fish"), ("metadata", null, "{\"a\":1}"));

        Assert.Equal(200, (int)answer.StatusCode);
        var asked = Assert.Single(stand.Upstream.Asked);
        Assert.StartsWith("/v1/openai/deployments/img/images/edits?api-version=", asked.Path, StringComparison.Ordinal);
        Assert.Equal("multipart/form-data; boundary=\"XyZ\"", asked.Type);
        Assert.Equal(MediaStand.Form(picture, picture, ("prompt", null, "add a fish"), ("model", null, "img")), asked.Body);
    }

    [Fact]
    public async Task An_upstreams_error_is_told_in_LiteLLMs_envelope_and_tried_elsewhere_first()
    {
        const string Error = """{"error":{"message":"no such size","type":"invalid_request_error","param":"size","code":"bad"}}""";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.StartAsync((http, _) => MediaUpstream.WriteAsync(http, "application/json", Error, 400), Stop), Stop);

        var (status, body) = await stand.Engine.AskAsync("""{"model":"m","prompt":"a weir"}""", Stop, "/images/generations");

        using var json = JsonDocument.Parse(body);
        Assert.Equal(400, status);
        Assert.StartsWith("litellm.BadRequestError: ", json.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "prompt")]
    [InlineData("""{"model":"m","prompt":"x","api_base":"http://evil"}""", "api_base")]
    [InlineData("""{"model":"m","model":"n","prompt":"x"}""", "model")]
    public async Task The_rules_of_a_body_hold_here_too(string body, string param)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", TwoImages, Stop), Stop);

        var (status, text) = await stand.Engine.AskAsync(body, Stop, "/images/generations");

        Assert.Equal(400, status);
        Assert.Contains($"\"param\":\"{param}\"", text, StringComparison.Ordinal);
        Assert.Empty(stand.Upstream.Asked);
    }
}
