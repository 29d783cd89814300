namespace Weir.Gateway.Routing.Balancing;

/// <summary>Finds the lowest of a run of values, each of several equal ones with the same chance, in one pass.</summary>
internal ref struct LowestOf(Random random)
{
    private double _lowest = double.PositiveInfinity;
    private int _equals;

    /// <summary>Position of the lowest value so far; -1 when there was none.</summary>
    public int Position { get; private set; } = -1;

    /// <summary>Looks at the next value.</summary>
    public void Add(int position, double value)
    {
        if (Position < 0 || value < _lowest)
        {
            _lowest = value;
            _equals = 1;
            Position = position;
        }
        else if (value == _lowest && random.Next(++_equals) == 0)
        {
            Position = position;
        }
    }
}
