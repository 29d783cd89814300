using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Endpoints.Info;

/// <summary>The API as one readable page: no script, nothing loaded from elsewhere.</summary>
internal static class DocsPage
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2a33}" +
        "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d8e1e6}" +
        "code{font:14px ui-monospace,monospace}.open{color:#6b7a83}";

    internal static Task WriteAsync(HttpContext http, IReadOnlyList<GatewayRoute> routes)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return http.Response.WriteAsync(Build(routes), http.RequestAborted);
    }

    internal static string Build(IReadOnlyList<GatewayRoute> routes)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Weir</title><style>")
            .Append(Style).Append("</style><h1>Weir</h1><p>A self-hosted AI gateway with the API of the LiteLLM proxy. ")
            .Append("Send the key as <code>Authorization: Bearer sk-…</code>. The same list as data: <a href=\"openapi.json\">openapi.json</a>.</p>")
            .Append("<table><tr><th>Method</th><th>Path</th><th>What for</th><th>Key</th></tr>");
        foreach (var route in routes.Where(r => r.Method != "HEAD"))
        {
            page.Append("<tr><td>").Append(route.Method).Append("</td><td><code>").Append(WebUtility.HtmlEncode(route.Path)).Append("</code></td><td>")
                .Append(WebUtility.HtmlEncode(route.Summary)).Append("</td><td").Append(route.Open ? " class=\"open\">no" : ">yes").Append("</td></tr>");
        }
        return page.Append("</table></html>").ToString();
    }
}
