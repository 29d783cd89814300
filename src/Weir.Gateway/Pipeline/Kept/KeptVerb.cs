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

    /// <summary>The input items of a response.</summary>
    Items,

    /// <summary>The bytes of a file.</summary>
    Content,
}
