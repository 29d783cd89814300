using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Server.Tests.InProcess;

/// <summary>
/// The client and the model of one connection, driven by one thread in turn: send, take, answer, receive. Blocking sockets and fixed
/// bytes allocate nothing, so that what a process allocates between two calls is the gateway's.
/// </summary>
internal sealed class Lockstep : IDisposable
{
    private const string Chunk =
        """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"parrot","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}""";

    private const string Usage =
        """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"parrot","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}""";

    private const string Stop =
        """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"parrot","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private const string Whole =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"parrot","choices":[{"index":0,"message":{"role":"assistant","content":"You said: hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}""";

    private static readonly byte[] WholeAnswer = Bytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Whole.Length}\r\n\r\n{Whole}");
    private static readonly byte[] StreamHead = Bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static readonly byte[] StreamChunk = Chunked(Chunk + "\n\n");
    private static readonly byte[] StreamEnd = Bytes(Encoding.UTF8.GetString(Chunked($"{Stop}\n\n{Usage}\n\ndata: [DONE]\n\n")) + "0\r\n\r\n");

    private readonly Socket _door = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _plain = [];
    private byte[] _streamed = [];
    private Socket? _upstream;

    public Lockstep()
    {
        _door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _door.Listen();
    }

    /// <summary>Where the model "listens".</summary>
    public string ApiBase => $"http://127.0.0.1:{((IPEndPoint)_door.LocalEndPoint!).Port}/v1"; // bound in the constructor

    public void Connect(Uri gateway, string key)
    {
        _client.Connect(IPAddress.Loopback, gateway.Port);
        _client.ReceiveTimeout = 30_000;
        _plain = Request(gateway, key, "false");
        _streamed = Request(gateway, key, "true");
    }

    /// <summary>One unstreamed request.</summary>
    public void AskPlain()
    {
        _client.Send(_plain);
        TakeRequest();
        Upstream.Send(WholeAnswer);
        ReceiveUntil("\"total_tokens\":21}}"u8);
    }

    /// <summary>One streamed request; the client receives each chunk before the model sends the next one.</summary>
    public void AskStreamed(int chunks)
    {
        _client.Send(_streamed);
        TakeRequest();
        Upstream.Send(StreamHead);
        for (var i = 0; i < chunks; i++)
        {
            Upstream.Send(StreamChunk);
            ReceiveUntil("\"finish_reason\":null}]}\n\n"u8);
        }

        Upstream.Send(StreamEnd);
        ReceiveUntil("\r\n0\r\n\r\n"u8);
    }

    public void Dispose()
    {
        _client.Dispose();
        _upstream?.Dispose();
        _door.Dispose();
    }

    private Socket Upstream => _upstream ??= Accept();

    private Socket Accept()
    {
        var socket = _door.Accept();
        socket.NoDelay = true;
        socket.ReceiveTimeout = 30_000;
        return socket;
    }

    private void TakeRequest() => Receive(Upstream, "}"u8, depth: true);

    private void ReceiveUntil(ReadOnlySpan<byte> end) => Receive(_client, end, depth: false);

    /// <summary>Receives until <paramref name="end"/>; <paramref name="depth"/> = until every brace of the body is closed.</summary>
    private void Receive(Socket socket, ReadOnlySpan<byte> end, bool depth)
    {
        var length = 0;
        while (true)
        {
            var read = socket.Receive(_buffer.AsSpan(length));
            if (read == 0)
            {
                throw new InvalidOperationException($"the connection ended after: {Encoding.UTF8.GetString(_buffer, 0, length)}");
            }

            length += read;
            var seen = _buffer.AsSpan(0, length);
            // Behind an event the gateway may send the line end of its chunk.
            if ((seen.EndsWith(end) || (seen.EndsWith("\r\n"u8) && seen[..^2].EndsWith(end))) && (!depth || seen.Count((byte)'{') == seen.Count((byte)'}')))
            {
                return;
            }
        }
    }

    private static byte[] Request(Uri gateway, string key, string streamed)
    {
        var body = $$"""{"model":"parrot","stream":{{streamed}},"messages":[{"role":"user","content":"hello"}]}""";
        return Bytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: {gateway.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static byte[] Chunked(string text) => Bytes($"{text.Length:x}\r\n{text}\r\n");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
