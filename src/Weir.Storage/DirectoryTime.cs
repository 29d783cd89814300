namespace Weir.Storage;

/// <summary>Times as the directory's tables hold them: microseconds since 1970 UTC.</summary>
internal static class DirectoryTime
{
    public static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
