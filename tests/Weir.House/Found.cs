namespace Weir.House;

/// <summary>What a rule found: nothing, or a failure that lists all of it.</summary>
internal static class Found
{
    public static void Nothing(IEnumerable<string?> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
