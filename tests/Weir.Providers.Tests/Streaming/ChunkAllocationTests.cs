using System.Diagnostics;
using System.Text;
using System.Threading.Tasks.Sources;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Streaming;

/// <summary>The hot path of a stream allocates nothing per chunk once it is warm, whether a chunk is there already or has to be waited for.</summary>
public sealed class ChunkAllocationTests
{
    private const int Warm = 1100;
    private const int Measured = 500;
    private static readonly byte[] Chunk = Encoding.UTF8.GetBytes("""data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""" + "\n\n");

    [Fact]
    public void A_chunk_that_is_there_allocates_nothing()
    {
        SkipUnoptimised();
        var bytes = new byte[Chunk.Length * 2000];
        for (var i = 0; i < 2000; i++)
        {
            Chunk.CopyTo(bytes, i * Chunk.Length);
        }
        using var stream = Relayed.Open(bytes, Relayed.Withhold, () => Chunk.Length);
        Assert.Null(Relayed.Now(stream.OpenAsync(CancellationToken.None)));
        for (var i = 0; i < Warm; i++)
        {
            Assert.Equal(StreamStepKind.Forward, Relayed.Now(stream.NextAsync(CancellationToken.None)).Kind);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Measured; i++)
        {
            Relayed.Now(stream.NextAsync(CancellationToken.None));
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_chunk_that_is_waited_for_allocates_nothing()
    {
        SkipUnoptimised();
        var allocated = -1L;
        // A thread of its own: no scheduler comes between the chunk's arrival and what follows.
        var thread = new Thread(() => allocated = AllocatedWhileWaiting());
        thread.Start();
        thread.Join();
        Assert.Equal(0, allocated);
    }

    private static long AllocatedWhileWaiting()
    {
        var source = new PushedStream();
        using var stream = new UpstreamStream(new HttpResponseMessage { Content = new StreamContent(source) }, source, Relayed.Withhold, Relayed.Faults, OpenAIChatGlance.Instance);
        var opening = stream.OpenAsync(CancellationToken.None);
        source.Push(Chunk);
        Relayed.Now(opening);
        var before = 0L;
        for (var i = 0; i < Warm + Measured; i++)
        {
            if (i == Warm)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            var next = stream.NextAsync(CancellationToken.None);
            if (!next.IsCompleted)
            {
                source.Push(Chunk);
            }
            Relayed.Now(next);
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void SkipUnoptimised() => Assert.SkipWhen(
        typeof(UpstreamStream).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }],
        "In a debug build each async method allocates its state.");

    /// <summary>A stream whose reads wait until bytes are pushed.</summary>
    private sealed class PushedStream : MemoryStream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;
        private Memory<byte> _target;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _core.Reset();
            _target = buffer;
            return new ValueTask<int>(this, _core.Version);
        }

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        internal void Push(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_target.Span);
            _core.SetResult(bytes.Length);
        }
    }
}
