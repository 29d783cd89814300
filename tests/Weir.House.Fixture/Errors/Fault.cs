namespace Weir.House.Fixture.Errors;

/// <summary>Ground floor of the fixture: everybody may point here.</summary>
internal sealed class Fault
{
    public string Text { get; init; } = "";
}
