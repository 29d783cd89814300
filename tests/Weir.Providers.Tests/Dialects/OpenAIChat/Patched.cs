using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>Reads and patches one body.</summary>
internal static class Patched
{
    internal static readonly RequestPatch Plain = new() { Model = "\"gpt-real\""u8.ToArray() };

    internal static RequestView View(string body)
    {
        var view = new RequestView();
        Assert.Null(RequestReader.Read(Encoding.UTF8.GetBytes(body), view));
        return view;
    }

    internal static BodyRefusal? Refusal(string body) => RequestReader.Read(Encoding.UTF8.GetBytes(body), new RequestView());

    internal static string Body(string body, RequestPatch? patch = null, bool wantUsage = false, params string[] alsoDrop)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var target = new PatchedBody();
        RequestPatcher.Apply(bytes, View(body), patch ?? Plain, wantUsage, alsoDrop, target);
        var sent = Encoding.UTF8.GetString(target.ToArray());
        JsonDocument.Parse(sent, new JsonDocumentOptions { MaxDepth = RequestReader.MaxDepth }).Dispose();
        return sent;
    }

    internal static RequestPatch Drop(params string[] drop) => Plain with { Drop = drop };

    internal static RequestPatch Defaults(params (string Name, string Json)[] defaults) =>
        Plain with { Defaults = defaults.ToDictionary(d => d.Name, d => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(d.Json)) };
}
