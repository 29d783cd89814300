using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Weir.Server;

/// <summary>
/// The buffers that the web server reads sockets into and writes them from: larger than its own of 4 KiB, because agents send whole files, and
/// each buffer that is full costs a system call and a turn of the request's code (docs/adr/0005-socket-threads.md). An idle connection holds none.
/// </summary>
internal sealed class SocketBuffers : MemoryPool<byte>
{
    /// <summary>Size of a buffer.</summary>
    internal const int Bytes = 16 << 10;

    /// <summary>Kept for the next; what a burst needed beyond this goes to the garbage collector.</summary>
    private const int MostKept = 512;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _count;

    /// <inheritdoc/>
    public override int MaxBufferSize => Bytes;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, Bytes);
        if (_kept.TryDequeue(out var block))
        {
            Interlocked.Decrement(ref _count);
            return block;
        }
        return new Block(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _kept.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= MostKept)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Lets the web server ask for such pools.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new SocketBuffers();
    }

    private sealed class Block(SocketBuffers pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _array = GC.AllocateUninitializedArray<byte>(Bytes);

        public Memory<byte> Memory => _array;

        public void Dispose() => pool.Return(this);
    }
}
