using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.EndToEnd.Crossings;

/// <summary>A model that keeps the bytes of the last request and answers with given ones, of which no other side knows the half.</summary>
internal sealed class FixedModel : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FixedModel(WebApplication app) => _app = app;

    public string Root => _app.Urls.First();

    public byte[] Answer { get; set; } = [];

    public bool Streams { get; set; }

    public string LastBody { get; private set; } = "";

    public string LastTarget { get; private set; } = "";

    public IHeaderDictionary LastHeaders { get; private set; } = new HeaderDictionary();

    public static async Task<FixedModel> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var model = new FixedModel(app);
        app.Run(model.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return model;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        LastBody = Encoding.UTF8.GetString(body.ToArray());
        LastTarget = http.Request.Path + http.Request.QueryString;
        LastHeaders = new HeaderDictionary(http.Request.Headers.ToDictionary());
        http.Response.ContentType = Streams ? MediaTypeNames.Text.EventStream : MediaTypeNames.Application.Json;
        await http.Response.BodyWriter.WriteAsync(Answer, http.RequestAborted);
    }
}
