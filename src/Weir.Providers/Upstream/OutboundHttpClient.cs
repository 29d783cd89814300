namespace Weir.Providers.Upstream;

/// <summary>For libraries that insist on an <see cref="HttpClient"/>: one whose every byte still goes through the outbound connector.</summary>
public static class OutboundHttpClient
{
    /// <summary>A client over the connector's invoker, which stays the connector's to dispose.</summary>
    /// <param name="invoker">From <see cref="OutboundConnector.Invoker"/>.</param>
    /// <param name="timeout">For a whole exchange.</param>
    /// <param name="sent">Told after each exchange whether it ended in a success status.</param>
    public static HttpClient Over(HttpMessageInvoker invoker, TimeSpan timeout, Action<bool>? sent)
    {
        // The handler belongs to the client, and opens nothing itself.
#pragma warning disable CA2000, RS0030 // This is the one place that makes such a client, over the one outbound connector.
        return new HttpClient(new Handler(invoker, sent), disposeHandler: true) { Timeout = timeout };
#pragma warning restore CA2000, RS0030
    }

    private sealed class Handler(HttpMessageInvoker invoker, Action<bool>? sent) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var ok = false;
            try
            {
                var response = await invoker.SendAsync(request, cancellationToken);
                ok = response.IsSuccessStatusCode;
                return response;
            }
            finally
            {
                sent?.Invoke(ok);
            }
        }

        // Telemetry exporters send from a thread of their own, which may wait; the connector's own path is asynchronous.
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            SendAsync(request, cancellationToken).GetAwaiter().GetResult();
    }
}
