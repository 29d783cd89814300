using System.Text;
using Weir.Gateway.Ledger;

namespace Weir.Gateway.Tests.Pipeline.Media;

/// <summary>The engine in front of a <see cref="MediaUpstream"/>, with one model <c>m</c> unless the test writes its own list.</summary>
internal sealed class MediaStand : IAsyncDisposable
{
    private MediaStand(EngineStand engine, MediaUpstream upstream, DirectoryInfo folder)
    {
        Engine = engine;
        Upstream = upstream;
        Folder = folder;
    }

    public EngineStand Engine { get; }

    public MediaUpstream Upstream { get; }

    /// <summary>Where uploads lie.</summary>
    public DirectoryInfo Folder { get; }

    public static Task<MediaStand> StartAsync(MediaUpstream upstream, CancellationToken token, string model = "openai/up", string info = "{}", string settings = "") =>
        StartWithAsync(upstream, $"model_list:\n  - model_name: m\n    litellm_params: {{model: {model}, api_base: SERVER/v1, api_key: sk-x}}\n    model_info: {info}\n{settings}", token);

    public static async Task<MediaStand> StartWithAsync(MediaUpstream upstream, string yaml, CancellationToken token)
    {
        var folder = Directory.CreateTempSubdirectory("weir-upload-test-");
        // What a process that was killed may have left.
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "weir-upload-left.tmp"), "left", token);
        var text = yaml.Replace("SERVER", upstream.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) + $"\nweir_settings: {{upload_folder: '{folder.FullName}'}}\n";
        return new MediaStand(await EngineStand.StartAsync(text, token), upstream, folder);
    }

    /// <summary>Sends a form built from parts: name, file name or null, value.</summary>
    public Task<HttpResponseMessage> SendFormAsync(string path, CancellationToken token, params (string Name, string? File, string Value)[] parts) =>
        SendAsync(path, Form(parts), "multipart/form-data; boundary=XyZ", token);

    public Task<HttpResponseMessage> SendAsync(string path, byte[] body, string type, CancellationToken token)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Engine.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, HttpCompletionOption.ResponseHeadersRead, token);
    }

    public static byte[] Form(params (string Name, string? File, string Value)[] parts)
    {
        var text = new StringBuilder();
        foreach (var (name, file, value) in parts)
        {
            text.Append("--XyZ\r\nContent-Disposition: form-data; name=\"").Append(name).Append('"');
            text.Append(file is null ? "\r\n\r\n" : $"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n").Append(value).Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.Append("--XyZ--\r\n").ToString());
    }

    /// <summary>The only row.</summary>
    public async Task<RequestRecord> RowAsync()
    {
        await Engine.Journal.FlushAsync(TestContext.Current.CancellationToken);
        return Assert.Single(Engine.Store.Rows);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Upstream.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}
