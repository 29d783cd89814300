using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What a route does with kept things.</summary>
/// <param name="Kind">Which things.</param>
/// <param name="Verb">What is done.</param>
internal sealed record KeptRoute(KeptKind Kind, KeptVerb Verb)
{
    private static readonly string[] Paging = ["after", "before", "limit", "order", "include"];
    private static readonly string[] Looking = ["include", "stream", "starting_after", "include_obfuscation"];

    /// <summary>The method, here and at the upstream.</summary>
    internal string Method => Verb switch
    {
        KeptVerb.Create or KeptVerb.Cancel => HttpMethods.Post,
        KeptVerb.Delete => HttpMethods.Delete,
        _ => HttpMethods.Get,
    };

    /// <summary>Where such things lie.</summary>
    internal string Root => Kind switch
    {
        KeptKind.Response => "/responses",
        KeptKind.File => "/files",
        _ => "/batches",
    };

    /// <summary>What follows the id in the path.</summary>
    internal string Action => Verb switch
    {
        KeptVerb.Cancel => "/cancel",
        KeptVerb.Items => "/input_items",
        KeptVerb.Content => "/content",
        _ => "",
    };

    /// <summary>The operation, for the ledger and metrics.</summary>
    internal Operation Operation => Kind switch
    {
        KeptKind.Response => Operation.StoredResponse,
        KeptKind.File => Operation.File,
        _ => Operation.Batch,
    };

    /// <summary>The format in which the caller reads errors and streams.</summary>
    internal WireFormat Format => Kind == KeptKind.Response ? WireFormat.OpenAIResponses : WireFormat.OpenAIChat;

    /// <summary>Parameters of the query that travel on; others stay here.</summary>
    internal IReadOnlyList<string> Query => (Kind, Verb) switch
    {
        (KeptKind.Response, KeptVerb.Items) => Paging,
        (KeptKind.Response, KeptVerb.Get) => Looking,
        _ => [],
    };

    private static class HttpMethods
    {
        internal const string Get = "GET";
        internal const string Post = "POST";
        internal const string Delete = "DELETE";
    }
}
