using System.Text;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Storage.Tests;

/// <summary>What every index of kept things has to do.</summary>
public abstract class KeptIndexCompliance
{
    /// <summary>An empty index.</summary>
    protected abstract IKeptIndex Index { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_owner_s_things_are_its_own()
    {
        await PutAsync("ann", KeptKind.File, "file-1");
        await PutAsync("bob", KeptKind.File, "file-1");
        await PutAsync("ann", KeptKind.Batch, "batch-1");
        await Index.RemoveAsync("bob", KeptKind.File, "file-1", Stop);
        Assert.Equal(["file-1"], await ListAsync(new KeptPage("ann", KeptKind.File, null, 10, false)));
        Assert.Equal(["batch-1"], await ListAsync(new KeptPage("ann", KeptKind.Batch, null, 10, false)));
        Assert.Empty(await ListAsync(new KeptPage("bob", KeptKind.File, null, 10, false)));
        Assert.Empty(await ListAsync(new KeptPage("", KeptKind.File, null, 10, false)));
    }

    [Fact]
    public async Task A_thing_that_is_put_again_keeps_its_place_and_says_what_is_new()
    {
        await PutAsync("ann", KeptKind.Batch, "one", "old");
        await PutAsync("ann", KeptKind.Batch, "two");
        await PutAsync("ann", KeptKind.Batch, "one", "new");
        var things = await Index.ListAsync(new KeptPage("ann", KeptKind.Batch, null, 10, true), Stop);
        Assert.Equal(["one", "two"], things.Select(thing => thing.Id));
        Assert.Equal("new", Encoding.UTF8.GetString(things[0].Body.Span));
        await Index.RemoveAsync("ann", KeptKind.Batch, "one", Stop);
        await Index.RemoveAsync("ann", KeptKind.Batch, "one", Stop);
        Assert.Equal(["two"], await ListAsync(new KeptPage("ann", KeptKind.Batch, null, 10, true)));
    }

    [Theory]
    [InlineData(null, 2, true, "1 2")]
    [InlineData("2", 2, true, "3 4")]
    [InlineData("4", 2, true, "5")]
    [InlineData("5", 2, true, "")]
    [InlineData(null, 2, false, "5 4")]
    [InlineData("4", 9, false, "3 2 1")]
    [InlineData("never", 9, false, "")]
    public async Task Pages_go_on_where_the_last_one_ended(string? after, int limit, bool oldestFirst, string expected)
    {
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            await PutAsync("ann", KeptKind.File, id);
        }
        Assert.Equal(expected, string.Join(' ', await ListAsync(new KeptPage("ann", KeptKind.File, after, limit, oldestFirst))));
    }

    private ValueTask PutAsync(string owner, KeptKind kind, string id, string body = "{}") =>
        Index.PutAsync(new KeptThing(owner, kind, id) { Body = Encoding.UTF8.GetBytes(body) }, Stop);

    private async Task<IEnumerable<string>> ListAsync(KeptPage page) => (await Index.ListAsync(page, Stop)).Select(thing => thing.Id);
}

/// <summary>The index of a gateway without a database.</summary>
public sealed class MemoryKeptIndexTests : KeptIndexCompliance
{
    protected override IKeptIndex Index { get; } = new MemoryKeptIndex();
}
