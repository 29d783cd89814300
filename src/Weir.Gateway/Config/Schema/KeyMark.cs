namespace Weir.Gateway.Config.Schema;

/// <summary>What this build does with a key of LiteLLM's schema.</summary>
internal enum KeyMark
{
    /// <summary>It works as LiteLLM documents it.</summary>
    Served,

    /// <summary>It does nothing here, and nobody gets more by that: warned once.</summary>
    Ignored,

    /// <summary>It limits who may do or see what, and this build does not do it: without it more would get through, so the start is refused.</summary>
    Restricts,
}
