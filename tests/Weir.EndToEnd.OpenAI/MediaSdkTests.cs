using System.ClientModel;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Images;
using OpenAI.Moderations;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.OpenAI;

/// <summary>The official OpenAI SDK for .NET, for images, audio and moderations.</summary>
public sealed class MediaSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_makes_and_edits_images_speaks_listens_and_judges()
    {
        await using var upstream = await UpstreamAsync();
        await using var gateway = await WeirProcess.StartAsync(
            $"""
            model_list:
              - model_name: m
                litellm_params:
                  model: openai/up
                  api_base: {upstream.Urls.First()}/v1
                  api_key: sk-upstream
            """, null, Token);
        var client = new OpenAIClient(new ApiKeyCredential(WeirProcess.MasterKey), new OpenAIClientOptions { Endpoint = new Uri(gateway.Address, "/v1") });

        GeneratedImage made = await client.GetImageClient("m").GenerateImageAsync("a weir", cancellationToken: Token);
        GeneratedImage edited = await client.GetImageClient("m").GenerateImageEditAsync(new MemoryStream([1, 2, 3]), "a.png", "add a fish", cancellationToken: Token);
        BinaryData spoken = await client.GetAudioClient("m").GenerateSpeechAsync("Hi", GeneratedSpeechVoice.Alloy, cancellationToken: Token);
        AudioTranscription heard = await client.GetAudioClient("m").TranscribeAudioAsync(new MemoryStream([4, 5, 6]), "a.wav", cancellationToken: Token);
        ModerationResult judged = await client.GetModerationClient("m").ClassifyTextAsync("x", Token);

        Assert.Equal("generations up", Encoding.UTF8.GetString(made.ImageBytes));
        Assert.Equal("edits up", Encoding.UTF8.GetString(edited.ImageBytes));
        Assert.Equal("speech up", spoken.ToString());
        Assert.Equal("transcriptions up", heard.Text);
        Assert.True(judged.Flagged);
    }

    /// <summary>Answers with the operation and the model that it was asked for.</summary>
    private static async Task<WebApplication> UpstreamAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            var text = await body.ReadToEndAsync(http.RequestAborted);
            var told = $"{http.Request.Path.Value?.Split('/')[^1]} {(text.Contains("up", StringComparison.Ordinal) ? "up" : "?")}";
            var image = $$"""{"created":1,"data":[{"b64_json":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(told))}}"}]}""";
            (http.Response.ContentType, var answer) = told.Split(' ')[0] switch
            {
                "generations" or "edits" => ("application/json", image),
                "speech" => ("audio/mpeg", told),
                "moderations" => ("application/json", """{"id":"m","model":"up","results":[{"flagged":true,"categories":{},"category_scores":{}}]}"""),
                _ => ("application/json", $$"""{"text":"{{told}}"}"""),
            };
            await http.Response.WriteAsync(answer, http.RequestAborted);
        });
        await app.StartAsync(Token);
        return app;
    }
}
