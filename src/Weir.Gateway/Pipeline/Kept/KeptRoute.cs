using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What a route does with kept things.</summary>
/// <param name="Kind">Which things.</param>
/// <param name="Verb">What is done.</param>
internal sealed record KeptRoute(KeptKind Kind, KeptVerb Verb)
{
    private static readonly string[] Paging = ["after", "before", "limit", "order", "include"];
    private static readonly string[] Including = ["include"];
    private static readonly string[] Looking = ["include", "stream", "starting_after", "include_obfuscation"];

    /// <summary>The method, here and at the upstream.</summary>
    internal string Method => Verb switch
    {
        KeptVerb.Create or KeptVerb.Cancel or KeptVerb.Update or KeptVerb.AddItems or KeptVerb.AddPart or KeptVerb.Complete => HttpMethods.Post,
        KeptVerb.Delete or KeptVerb.DeleteItem => HttpMethods.Delete,
        _ => HttpMethods.Get,
    };

    /// <summary>Where such things lie.</summary>
    internal string Root => Kind switch
    {
        KeptKind.Response => "/responses",
        KeptKind.File => "/files",
        KeptKind.Conversation => "/conversations",
        KeptKind.Upload => "/uploads",
        _ => "/batches",
    };

    /// <summary>What follows the id in the path, but for an item's own id.</summary>
    internal string Action => Verb switch
    {
        KeptVerb.Cancel => "/cancel",
        KeptVerb.Items when Kind == KeptKind.Response => "/input_items",
        KeptVerb.Items or KeptVerb.AddItems => "/items",
        KeptVerb.GetItem or KeptVerb.DeleteItem => "/items/",
        KeptVerb.Content => "/content",
        KeptVerb.AddPart => "/parts",
        KeptVerb.Complete => "/complete",
        _ => "",
    };

    /// <summary>The operation, for the ledger and metrics.</summary>
    internal Operation Operation => Kind switch
    {
        KeptKind.Response or KeptKind.Conversation => Operation.StoredResponse,
        KeptKind.File or KeptKind.Upload => Operation.File,
        _ => Operation.Batch,
    };

    /// <summary>The format in which the caller reads errors and streams.</summary>
    internal WireFormat Format => Kind is KeptKind.Response or KeptKind.Conversation ? WireFormat.OpenAIResponses : WireFormat.OpenAIChat;

    /// <summary>Parameters of the query that travel on; others stay here.</summary>
    internal IReadOnlyList<string> Query => (Kind, Verb) switch
    {
        (_, KeptVerb.Items) => Paging,
        (KeptKind.Conversation, KeptVerb.AddItems or KeptVerb.GetItem) => Including,
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
