namespace Weir.EndToEnd.Soak;

/// <summary>How a call looked from its client.</summary>
internal enum SoakEnd
{
    /// <summary>The whole answer came, and it was the right one.</summary>
    Complete,

    /// <summary>A whole answer came, and it was somebody else's or damaged.</summary>
    Wrong,

    /// <summary>The client went away.</summary>
    Aborted,

    /// <summary>The gateway answered with an error.</summary>
    Refused,

    /// <summary>The connection failed before or during the answer.</summary>
    Cut,
}

/// <summary>One call of a soak.</summary>
/// <param name="Id">Unique; sent as the call's id and as the first word of the question.</param>
/// <param name="Model">The group that was asked.</param>
/// <param name="Number">Order of the start, over all clients.</param>
/// <param name="End">How it ended.</param>
/// <param name="Detail">What to show when that was not expected.</param>
internal sealed record SoakCall(string Id, string Model, int Number, SoakEnd End, string Detail);
