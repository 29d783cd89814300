using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>How JSON is written here.</summary>
internal static class JsonForm
{
    /// <summary>Only what JSON demands is escaped: a body is no web page. The writers' own tests check that what they write is well formed.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
