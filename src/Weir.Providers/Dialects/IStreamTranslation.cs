using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects;

/// <summary>One stream on its way into another format. The bytes that it returns are valid until the next call.</summary>
public interface IStreamTranslation
{
    /// <summary>Translates whole events; empty when they say nothing in the client's format.</summary>
    /// <exception cref="DialectException">An event that can't be read.</exception>
    ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> events);

    /// <summary>The end: what is left to say, and the client's terminal event.</summary>
    /// <param name="terminal">The upstream's terminal event; empty when it has none.</param>
    /// <param name="settled">What the call is charged for: told to the client where the upstream told no usage itself.</param>
    ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> terminal, TokenUsage settled);
}
