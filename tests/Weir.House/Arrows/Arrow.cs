namespace Weir.House.Arrows;

/// <summary>One use of a type by another.</summary>
/// <param name="From">The outermost type that the code was written in.</param>
/// <param name="FromNamespace">Its namespace.</param>
/// <param name="To">The outermost type that is used.</param>
/// <param name="ToNamespace">Its namespace.</param>
internal sealed record Arrow(string From, string FromNamespace, string To, string ToNamespace)
{
    public override string ToString() => $"{From} -> {To}";
}
