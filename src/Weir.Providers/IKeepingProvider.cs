namespace Weir.Providers;

/// <summary>A provider that keeps things between calls: responses, conversations, files, uploads, batches. They belong to the account, not to one model.</summary>
public interface IKeepingProvider : IProvider
{
    /// <summary>What it keeps; empty when it keeps nothing.</summary>
    IReadOnlyList<KeptKind> Kept { get; }

    /// <summary>Absolute address of a path of the account: <c>/files</c>, <c>/responses/resp_1/cancel</c>.</summary>
    /// <param name="address">Where the account is.</param>
    /// <param name="path">The path with its leading slash, escaped, without a query.</param>
    Uri KeptUri(ProviderAddress address, string path);
}
