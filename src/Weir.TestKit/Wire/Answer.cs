using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Weir.TestKit.Wire;

/// <summary>An answer before it is played: status, headers, and a body or the events of a stream.</summary>
internal abstract class Answer(ScriptedModelOptions options, ModelRequest request)
{
    /// <summary>2026-01-01T00:00:00Z: answers are the same on every day.</summary>
    public const long Created = 1_767_225_600;

    public static readonly JsonWriterOptions Lenient = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How the vendor frames streams and errors.</summary>
    public abstract WireShape Shape { get; }

    public ModelRequest Request { get; } = request;

    protected ScriptedModelOptions Options { get; } = options;

    public virtual int Status => StatusCodes.Status200OK;

    public virtual bool Streams => false;

    public virtual string ContentType => Streams ? Shape.StreamType : "application/json";

    /// <summary>Writes the body of an unstreamed answer.</summary>
    public abstract void WriteBody(IBufferWriter<byte> output);

    /// <summary>
    /// The pieces of a streamed answer, each framed as the vendor frames it, the last being the one that says that all is
    /// said. Each is valid until the next one is asked for.
    /// </summary>
    public virtual IEnumerable<ReadOnlyMemory<byte>> Events() => [];

    public virtual IEnumerable<KeyValuePair<string, string>> Headers() => [];
}
