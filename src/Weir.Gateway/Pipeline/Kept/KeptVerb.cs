namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What is done with a thing that an upstream keeps.</summary>
internal enum KeptVerb
{
    /// <summary>Make one.</summary>
    Create,

    /// <summary>Those of the caller.</summary>
    List,

    /// <summary>Look at one.</summary>
    Get,

    /// <summary>Forget one.</summary>
    Delete,

    /// <summary>Stop one that runs.</summary>
    Cancel,

    /// <summary>The input items of a response; the items of a conversation.</summary>
    Items,

    /// <summary>The bytes of a file.</summary>
    Content,

    /// <summary>Change a conversation's metadata.</summary>
    Update,

    /// <summary>Add items to a conversation.</summary>
    AddItems,

    /// <summary>Look at one item of a conversation.</summary>
    GetItem,

    /// <summary>Take one item out of a conversation.</summary>
    DeleteItem,

    /// <summary>Add a part to an upload; a form.</summary>
    AddPart,

    /// <summary>Make a file of an upload's parts.</summary>
    Complete,
}
