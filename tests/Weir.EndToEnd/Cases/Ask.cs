using System.Text;

namespace Weir.EndToEnd.Cases;

/// <summary>One request and what must come back.</summary>
internal sealed record Ask
{
    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/v1/chat/completions";

    /// <summary>Key sent as <c>Authorization: Bearer</c>; null = none.</summary>
    public string? Key { get; init; } = Gateways.WeirProcess.MasterKey;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Expected status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Expected <c>error.type</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Expected <c>error.param</c>.</summary>
    public string? Param { get; init; }

    /// <summary>Text that <c>error.message</c> (of the body or of the error event) must hold.</summary>
    public string? Message { get; init; }

    /// <summary>Text that the answer's first choice must be (joined deltas of a stream, the message of a body).</summary>
    public string? Text { get; init; }

    /// <summary>Text that must occur in the body as it came.</summary>
    public string? Holds { get; init; }

    /// <summary>Text that must not occur in the body as it came.</summary>
    public string? Lacks { get; init; }

    /// <summary>How a stream must end; null = not looked at.</summary>
    public StreamEnd? End { get; init; }

    /// <summary>Headers that must be there, with a text they must hold (empty = any value).</summary>
    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>What else must hold of the answer.</summary>
    public Action<Reply>? Check { get; init; }

    /// <summary>Runs before the request is sent.</summary>
    public Func<World, CancellationToken, Task>? Before { get; init; }

    /// <summary>A chat request with one user message and further body members (<c>"n":2</c>).</summary>
    public static Ask Chat(string model = "gpt", string text = "hello", bool stream = false, string members = "") =>
        new() { Body = Json($$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}]{{(stream ? ",\"stream\":true" : "")}}{{(members.Length > 0 ? "," : "")}}{{members}}}""") };

    /// <summary>A request with this body.</summary>
    public static Ask Raw(string body, string path = "/v1/chat/completions") => new() { Path = path, Body = Json(body) };

    /// <summary>A GET.</summary>
    public static Ask Get(string path) => new() { Method = "GET", Path = path };

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);
}
