using System.Net.Http.Headers;

namespace Weir.Providers.Upstream;

/// <summary>A request body as it leaves. It can be sent again for a retry.</summary>
public interface IUpstreamBody
{
    /// <summary>What it is.</summary>
    MediaTypeHeaderValue ContentType { get; }

    /// <summary>The body as content of one HTTP request.</summary>
    HttpContent ToContent();
}
