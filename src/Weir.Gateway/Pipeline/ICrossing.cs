using Weir.Providers.Dialects;

namespace Weir.Gateway.Pipeline;

/// <summary>The way back of an attempt whose upstream speaks another format than the caller.</summary>
internal interface ICrossing
{
    /// <summary>Says a whole answer in the caller's format; null when it can't be read, and why.</summary>
    ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem);

    /// <summary>A translation for the attempt's stream.</summary>
    IStreamTranslation Stream();
}
