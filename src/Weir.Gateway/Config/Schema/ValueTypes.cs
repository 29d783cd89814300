namespace Weir.Gateway.Config.Schema;

/// <summary>The types of value that a key takes.</summary>
[Flags]
internal enum ValueTypes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>true or false.</summary>
    Bool = 1,

    /// <summary>A whole number.</summary>
    Int = 2,

    /// <summary>Any number.</summary>
    Number = 4,

    /// <summary>Text.</summary>
    Text = 8,

    /// <summary>A list of texts.</summary>
    TextList = 16,

    /// <summary>A list of anything.</summary>
    List = 32,

    /// <summary>A map.</summary>
    Map = 64,

    /// <summary>Anything.</summary>
    Any = Bool | Int | Number | Text | List | Map,
}
