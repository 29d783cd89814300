using System.Globalization;

namespace Weir.EndToEnd.Soak;

/// <summary>How much a soak test does: little in the normal run, the full load with <c>WEIR_SOAK=1</c>.</summary>
internal static class SoakSize
{
    /// <summary>How long a soak may take before it counts as stuck.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(Full ? 8 : 2);

    public static int Requests => Full ? 10_000 : 600;

    public static int Kills => Full ? 12 : 3;

    public static int Reloads => Full ? 60 : 8;

    private static bool Full => Environment.GetEnvironmentVariable("WEIR_SOAK") == "1";

    /// <summary>The seed of this run, printed so that <c>./test --seed N</c> repeats it.</summary>
    public static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var told)
            ? told : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return seed;
    }
}
