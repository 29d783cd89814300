namespace Weir.House.Fixture.Endpoints;

/// <summary>The top floor of the fixture.</summary>
internal sealed class Page;
