using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tokens;

/// <summary>
/// Counts tokens as OpenAI's models do. A vocabulary takes a quarter of a second and 70 MB to load, so each is loaded when the
/// first text needs it, once, and never at the start. Safe to call from several threads.
/// </summary>
public static class TokenCounter
{
    // Far beyond any model's context; what is longer is taken in proportion, so that one call costs a bounded time.
    private const int MostExactChars = 2 << 20;

    // Merging is quadratic in the length of a run without a break; texts are cut into pieces, at a space where one is near.
    private const int PieceChars = 4096;
    private const int LongestRun = 512;

    private static readonly Lazy<Tokenizer> O200k = new(static () => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private static readonly Lazy<Tokenizer> Cl100k = new(static () => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    /// <summary>
    /// Tokens of a request body: <c>messages</c> (with <c>tools</c>), else <c>prompt</c>, else <c>input</c>. Zero when it has none of
    /// them. The body must be a JSON object that was already read once; a broken one counts up to the break.
    /// </summary>
    public static TokenCount CountRequest(string model, ReadOnlySpan<byte> body)
    {
        var encoding = Encoding(model);
        var counting = new Counting(Vocabulary(encoding));
        try
        {
            RequestTokens.Count(body, ref counting);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Broken, too deep, or half a surrogate pair: what was counted until there is an estimate.
            return new TokenCount(counting.Tokens, encoding, Exact: false);
        }

        return new TokenCount(counting.Tokens, encoding, counting.Exact);
    }

    /// <summary>Tokens of a request in the neutral form.</summary>
    public static TokenCount CountTurn(string model, ChatTurn turn)
    {
        var encoding = Encoding(model);
        var counting = new Counting(Vocabulary(encoding));
        TurnTokens.Count(turn, ref counting);
        return new TokenCount(counting.Tokens, encoding, counting.Exact);
    }

    /// <summary>Tokens of a text.</summary>
    public static TokenCount CountText(string model, ReadOnlySpan<char> text)
    {
        var encoding = Encoding(model);
        var counting = new Counting(Vocabulary(encoding));
        counting.Add(text);
        return new TokenCount(counting.Tokens, encoding, counting.Exact);
    }

    /// <summary>Tokens of a UTF-8 text.</summary>
    public static TokenCount CountText(string model, ReadOnlySpan<byte> utf8)
    {
        var chars = ArrayPool<char>.Shared.Rent(System.Text.Encoding.UTF8.GetMaxCharCount(utf8.Length));
        try
        {
            return CountText(model, chars.AsSpan(0, System.Text.Encoding.UTF8.GetChars(utf8, chars)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars, clearArray: true);
        }
    }

    /// <summary>
    /// More tokens than so many bytes of a request can have, for a first bound without a tokenizer: a byte-pair vocabulary never
    /// makes more tokens than bytes, and each message's overhead is less than the JSON that carries it. Images by address are
    /// outside this bound.
    /// </summary>
    public static long UpperBound(long byteCount) => byteCount + 3;

    /// <summary>The encoding of a model: <c>cl100k_base</c> for the GPT-3.5 and GPT-4 era, <c>o200k_base</c> for the rest and for unknown ones.</summary>
    public static string Encoding(string model)
    {
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        if (name.StartsWith("ft:"))
        {
            name = name[3..];
        }

        var older = name.StartsWith("gpt-3") || name.StartsWith("gpt-35")
            || name.Equals("gpt-4", StringComparison.Ordinal) || name.StartsWith("gpt-4-")
            || name.StartsWith("text-embedding-") || name.StartsWith("davinci-002") || name.StartsWith("babbage-002");
        return older ? "cl100k_base" : "o200k_base";
    }

    private static Tokenizer Vocabulary(string encoding) => encoding == "cl100k_base" ? Cl100k.Value : O200k.Value;

    /// <summary>A running count with one vocabulary and one bound over all texts of a request.</summary>
    internal ref struct Counting(Tokenizer tokenizer)
    {
        private long counted;
        private long tokensOfCounted;

        internal long Tokens { get; private set; }

        internal bool Exact { get; private set; } = true;

        /// <summary>Adds what is known without a tokenizer.</summary>
        internal void AddFixed(long tokens) => Tokens += tokens;

        /// <summary>Adds an estimate.</summary>
        internal void AddEstimate(long tokens)
        {
            Tokens += tokens;
            Exact = false;
        }

        internal void Add(ReadOnlySpan<char> text)
        {
            while (!text.IsEmpty)
            {
                if (counted >= MostExactChars)
                {
                    // Rounded up: the rest is as dense as what was counted.
                    AddEstimate(((text.Length * tokensOfCounted) + counted - 1) / counted);
                    return;
                }

                var piece = text[..Cut(text)];
                var tokens = tokenizer.CountTokens(piece, considerPreTokenization: true, considerNormalization: false);
                Tokens += tokens;
                tokensOfCounted += tokens;
                counted += piece.Length;
                text = text[piece.Length..];
            }
        }

        /// <summary>
        /// Where the next piece ends. The vocabularies' patterns begin a new word at a single space between two other characters,
        /// so a cut before one changes no count; without one near, a long run is cut hard and may count a token more.
        /// </summary>
        private static int Cut(ReadOnlySpan<char> text)
        {
            var run = 0;
            var space = 0;
            var most = Math.Min(text.Length, PieceChars);
            for (var i = 1; i < most; i++)
            {
                var boundary = text[i] == ' ' && !char.IsWhiteSpace(text[i - 1]) && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]);
                run = boundary ? 0 : run + 1;
                if (boundary)
                {
                    space = i;
                }
                else if (run >= LongestRun)
                {
                    return space > 0 ? space : Whole(text, i);
                }
            }

            return most == text.Length ? text.Length : space > 0 ? space : Whole(text, most);
        }

        // Never between the halves of a surrogate pair.
        private static int Whole(ReadOnlySpan<char> text, int at) => char.IsHighSurrogate(text[at - 1]) && at > 1 ? at - 1 : at;
    }
}
