namespace Weir.Gateway.Access;

/// <summary>Money that a request took, or may take, from one window of one scope. It travels inside the request's row, so that row and money can't part.</summary>
/// <param name="Scope">Whose.</param>
/// <param name="Window">The window's length as it is written (<c>30d</c>); empty for all time.</param>
/// <param name="WindowStart">When the window began, in seconds since 1970 UTC; 0 for all time.</param>
/// <param name="Epoch">The slice that it was reserved from; 0 when nothing limits the scope.</param>
/// <param name="Nanos">Nano-dollars.</param>
public readonly record struct SpendCharge(Scope Scope, string Window, long WindowStart, long Epoch, long Nanos)
{
    /// <summary>Charges in one row at most; a request with more limits and scopes than this is refused before it costs anything.</summary>
    public const int Most = 64;
}
