using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire;

/// <summary>What the answers of one vendor's API have in common: credentials, errors, and how its streams look when they break.</summary>
internal abstract class WireShape
{
    /// <summary>Content type of a stream.</summary>
    public virtual string StreamType => "text/event-stream; charset=utf-8";

    /// <summary>Start of a line, or of a frame, that never ends.</summary>
    public abstract ReadOnlyMemory<byte> EndlessStart { get; }

    /// <summary>A small event that is repeated without end.</summary>
    public abstract ReadOnlyMemory<byte> FloodEvent { get; }

    /// <summary>An event that no reader can make sense of.</summary>
    public virtual ReadOnlyMemory<byte> BrokenEvent { get; } = "data: {\"choices\": [ <html>oops\n\n"u8.ToArray();

    /// <summary>Does the request carry <paramref name="key"/> where the vendor looks for it?</summary>
    public abstract bool Carries(HttpRequest http, string key);

    /// <summary>The answer to a wrong key.</summary>
    public virtual Fault WrongKey(HttpRequest http) => Fault.Http(401);

    /// <summary>What the vendor says to the credentials of a request, or null.</summary>
    public virtual Fault? Unauthorized(HttpRequest http, ReadOnlySpan<byte> body, ScriptedModelOptions options) =>
        options.ApiKey is { } key && !Carries(http, key) ? WrongKey(http) : null;

    /// <summary>The answer to a model that does not exist.</summary>
    public virtual Fault NoModel(ScriptedModelOptions options, string name) => Fault.Http(404);

    /// <summary>An HTTP error.</summary>
    public abstract Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request);

    /// <summary>An error inside a stream, after <paramref name="sent"/> events; empty = the stream has no words for it and breaks.</summary>
    public abstract ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent);

    /// <summary>The message to send, with the echo that the fault asks for; null = the vendor's words.</summary>
    public static string? MessageOf(Fault fault, HttpRequest request, ReadOnlyMemory<byte> body) => !fault.Echo
        ? fault.Message
        : $"{fault.Message ?? "Refused"}: authorization={request.Headers.Authorization} api-key={request.Headers["api-key"]}"
            + $" x-api-key={request.Headers["x-api-key"]} x-goog-api-key={request.Headers["x-goog-api-key"]} body={Encoding.UTF8.GetString(body.Span)}";

    protected static bool Bearer(HttpRequest http, string key) => http.Headers.Authorization == "Bearer " + key;
}
