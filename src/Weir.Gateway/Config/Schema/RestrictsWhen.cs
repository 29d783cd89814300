namespace Weir.Gateway.Config.Schema;

/// <summary>Which values of a restricting key restrict.</summary>
internal enum RestrictsWhen
{
    /// <summary>Every value but null, false, empty text and empty collections.</summary>
    Set,

    /// <summary>A number above zero: LiteLLM takes 0 for "no limit".</summary>
    Positive,

    /// <summary>Only false: the default shows or allows more.</summary>
    False,

    /// <summary>Only the values that <see cref="ConfigKey.RestrictingValues"/> names.</summary>
    Named,
}
