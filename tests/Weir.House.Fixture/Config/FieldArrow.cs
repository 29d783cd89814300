using Weir.House.Fixture.Pipeline;

namespace Weir.House.Fixture.Config;

/// <summary>Bad: a member's type lives three floors up.</summary>
internal sealed class FieldArrow
{
    public Flow? Flow { get; init; }
}
