using System.Globalization;

namespace Weir.TestKit.Faults;

/// <summary>
/// A fault as text, for the <c>x-mock-fault</c> header and for model names (<c>gpt-4o~TEXT</c>):
/// <c>429</c>, <c>429:7</c> (Retry-After), <c>429:250ms</c> (retry-after-ms), any other status, <c>context</c>, <c>filter</c>,
/// <c>hang</c>, <c>hang:3</c> (after 3 chunks), <c>cut:3</c>, <c>reset</c>, <c>garbage</c>, <c>long</c>, <c>short</c>,
/// <c>drip:20</c> (ms), <c>endless</c>, <c>flood</c>, <c>error:3</c>, <c>nodone</c>, <c>empty</c>, <c>bigheaders</c>, <c>gzip</c>.
/// </summary>
public static class FaultText
{
    /// <summary>Separates a model's name from its fault.</summary>
    public const char ModelSeparator = '~';

    /// <summary>The fault that a model's name asks for, or null.</summary>
    public static Fault? OfModel(string? model)
    {
        var at = model?.IndexOf(ModelSeparator, StringComparison.Ordinal) ?? -1;
        return model is null || at < 0 ? null : Parse(model[(at + 1)..]);
    }

    /// <summary>Reads a fault.</summary>
    /// <exception cref="FormatException">The text names no fault.</exception>
    public static Fault Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var argument = colon < 0 ? null : text[(colon + 1)..];
        return name switch
        {
            "none" => Fault.None,
            "429" when argument is not null && argument.EndsWith("ms", StringComparison.Ordinal) =>
                Fault.RateLimited(retryAfterMs: Number(argument[..^2])),
            "429" => Fault.RateLimited(argument),
            "context" => Fault.ContextLengthExceeded,
            "filter" => Fault.ContentFilter,
            "hang" when argument is null => Fault.Hang(),
            "hang" => Fault.HangAfter(Number(argument)),
            "cut" => Fault.CutAfter(Number(argument)),
            "reset" => Fault.Reset,
            "garbage" => Fault.Garbage,
            "long" => Fault.LengthTooLong,
            "short" => Fault.LengthTooShort,
            "drip" => Fault.Drip(TimeSpan.FromMilliseconds(Number(argument ?? "20"))),
            "endless" => Fault.EndlessLine(),
            "flood" => Fault.EventFlood(),
            "error" => Fault.ErrorEvent(Number(argument)),
            "nodone" => Fault.NoDone,
            "empty" => Fault.EmptyBody,
            "bigheaders" => Fault.HugeHeaders(),
            "gzip" => Fault.Gzip,
            _ when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 300 and <= 599 =>
                Fault.Http(status),
            _ => throw new FormatException($"'{text}' names no fault; expected a status such as 429 or a name such as cut:3."),
        };
    }

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' should be a number.");
}
