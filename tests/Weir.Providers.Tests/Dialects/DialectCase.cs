using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Dialects;

namespace Weir.Providers.Tests.Dialects;

/// <summary>One event of a stream case.</summary>
internal sealed record CaseEvent(byte[] Name, byte[] Data);

/// <summary>One file under <c>Cases/{requests,answers,streams}/{format}/</c>: a body or a stream as it is seen on the wire.</summary>
internal sealed record DialectCase(string Kind, WireFormat Format, string Name, string Title, IReadOnlyList<string> Features)
{
    internal const string Requests = "requests";
    internal const string Answers = "answers";
    internal const string Streams = "streams";

    internal static readonly string[] Kinds = [Requests, Answers, Streams];

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body, as it is written in the file; empty for streams.</summary>
    internal byte[] Body { get; private init; } = [];

    /// <summary>The events; empty for bodies.</summary>
    internal IReadOnlyList<CaseEvent> Events { get; private init; } = [];

    /// <summary>How tests name it: <c>requests/OpenAIChat/tools</c>.</summary>
    internal string Path => $"{Kind}/{Format}/{Name}";

    internal string GoldenFile => System.IO.Path.Combine(Repository.Golden, Kind, Format.ToString(), Name + ".txt");

    /// <summary>The cases of all dialects that are on the list, ordered by path.</summary>
    internal static List<DialectCase> All() => [.. Kinds.SelectMany(Of)];

    internal static IEnumerable<DialectCase> Of(string kind) =>
        from dialect in ChatDialects.All
        let folder = System.IO.Path.Combine(Repository.Cases, kind, dialect.Format.ToString())
        where Directory.Exists(folder)
        from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
        select Load(kind, dialect.Format, file);

    internal static DialectCase Find(string path)
    {
        var parts = path.Split('/');
        return Load(parts[0], Enum.Parse<WireFormat>(parts[1]), System.IO.Path.Combine(Repository.Cases, parts[0], parts[1], parts[2] + ".json"));
    }

    public override string ToString() => Path;

    private static DialectCase Load(string kind, WireFormat format, string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 128 });
        var root = document.RootElement;
        return new DialectCase(kind, format, System.IO.Path.GetFileNameWithoutExtension(file), root.GetProperty("title").GetString() ?? "",
            [.. root.GetProperty("features").EnumerateArray().Select(feature => feature.GetString() ?? "")])
        {
            Body = kind == Streams ? [] : Encoding.UTF8.GetBytes(root.GetProperty("body").GetRawText()),
            Events = kind == Streams ? [.. root.GetProperty("events").EnumerateArray().Select(Event)] : [],
        };
    }

    private static CaseEvent Event(JsonElement element)
    {
        var name = element.TryGetProperty("event", out var named) ? named.GetString() ?? "" : "";
        var data = element.GetProperty("data");
        return new CaseEvent(Encoding.UTF8.GetBytes(name), data.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(data.GetString() ?? "") : OneLine(data));
    }

    /// <summary>As it comes over the wire: without the file's indentation, which would break a line-based stream.</summary>
    private static byte[] OneLine(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            element.WriteTo(writer);
        }
        return buffer.ToArray();
    }
}
