using System.Globalization;
using System.Text;

namespace Weir.Gateway.Access;

/// <summary>Values as Python prints them: LiteLLM's messages hold them, and clients match on the messages.</summary>
internal static class PythonText
{
    /// <summary><c>['a', 'b']</c>.</summary>
    internal static string List(IEnumerable<string> items)
    {
        var text = new StringBuilder("[");
        foreach (var item in items)
        {
            text.Append(text.Length > 1 ? ", " : "");
            var quote = item.Contains('\'', StringComparison.Ordinal) && !item.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
            text.Append(quote).Append(item.Replace("\\", "\\\\", StringComparison.Ordinal));
            if (quote == '\'')
            {
                text.Replace("'", "\\'", text.Length - item.Length, item.Length);
            }
            text.Append(quote);
        }
        return text.Append(']').ToString();
    }

    /// <summary><c>2026-09-21 22:27:58.096000+00:00</c>; no fraction when there is none.</summary>
    internal static string Time(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        var whole = utc.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond == 0;
        return utc.ToString(whole ? "yyyy-MM-dd HH:mm:ss'+00:00'" : "yyyy-MM-dd HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
    }
}
