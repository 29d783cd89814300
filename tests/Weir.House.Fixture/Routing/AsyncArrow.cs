using Weir.House.Fixture.Ledger;

namespace Weir.House.Fixture.Routing;

/// <summary>Bad: the sideways call sits in a compiler-made state machine.</summary>
internal sealed class AsyncArrow
{
    public static async Task<int> StepsAsync()
    {
        await Task.Yield();
        return await Row.CountAsync();
    }
}
