namespace Weir.Providers;

/// <summary>What an upstream keeps between calls and hands out an id for.</summary>
public enum KeptKind
{
    /// <summary><c>/responses/{id}</c>.</summary>
    Response,

    /// <summary><c>/files/{id}</c>.</summary>
    File,

    /// <summary><c>/batches/{id}</c>.</summary>
    Batch,

    /// <summary><c>/conversations/{id}</c>: the items that responses go on from.</summary>
    Conversation,

    /// <summary><c>/uploads/{id}</c>: a file that comes in parts.</summary>
    Upload,
}
