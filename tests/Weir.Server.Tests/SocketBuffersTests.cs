using Xunit;

namespace Weir.Server.Tests;

public sealed class SocketBuffersTests
{
    [Fact]
    public void A_returned_buffer_is_the_next_one_rented()
    {
        using var pool = new SocketBuffers();
        var first = pool.Rent();
        var memory = first.Memory;
        first.Dispose();

        using var second = pool.Rent();

        Assert.True(memory.Equals(second.Memory));
        Assert.Equal(SocketBuffers.Bytes, second.Memory.Length);
    }

    [Fact]
    public void Two_rented_buffers_are_never_the_same()
    {
        using var pool = new SocketBuffers();
        using var first = pool.Rent();
        using var second = pool.Rent(SocketBuffers.Bytes);

        Assert.False(first.Memory.Equals(second.Memory));
    }

    [Fact]
    public void More_than_a_buffer_holds_is_refused()
    {
        using var pool = new SocketBuffers();

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(SocketBuffers.Bytes + 1));
    }
}
