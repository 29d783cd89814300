using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>A function that the request offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">JSON Schema of its arguments.</param>
internal readonly record struct OfferedTool(string Name, JsonElement? Schema)
{
    /// <summary>A tool costs one token per four bytes of its schema: something fixed and easy to recompute.</summary>
    public int Tokens => Schema is { } known ? (Encoding.UTF8.GetByteCount(known.GetRawText()) + 3) / 4 : 1;
}
