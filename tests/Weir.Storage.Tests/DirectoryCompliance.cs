using System.Text;
using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Tests;

/// <summary>What every directory store has to do.</summary>
public abstract class DirectoryCompliance
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An empty directory.</summary>
    protected abstract IDirectoryStore Store { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_added_is_found_by_id_and_alias_with_all_that_it_says()
    {
        var made = Start.AddTicks(1230);
        var entry = new DirectoryEntry(DirectoryKind.Key, "aa", Bytes("""{"models":["gpt-4o"],"a later build's":{"x":1}}"""))
        {
            Alias = "dev", TeamId = "t", UserId = "u", OrganizationId = "o", CreatedAt = made, UpdatedAt = made.AddSeconds(1),
        };
        var revision = await Store.ApplyAsync([new DirectoryChange.Add(entry)], Stop);
        foreach (var found in new[] { await Store.FindAsync(DirectoryKind.Key, "aa", Stop), await Store.FindByAliasAsync(DirectoryKind.Key, "dev", Stop) })
        {
            Assert.NotNull(found);
            Assert.Equal("""{"models":["gpt-4o"],"a later build's":{"x":1}}""", Encoding.UTF8.GetString(found.Document.Span));
            Assert.Equal(("aa", "dev", "t", "u", "o"), (found.Id, found.Alias, found.TeamId, found.UserId, found.OrganizationId));
            Assert.Equal((made, made.AddSeconds(1), revision), (found.CreatedAt, found.UpdatedAt, found.Revision));
        }
    }

    [Fact]
    public async Task What_is_not_there_is_null_also_when_another_kind_has_the_id()
    {
        await AddAsync(DirectoryKind.Team, "x", alias: "name");
        Assert.Null(await Store.FindAsync(DirectoryKind.Key, "x", Stop));
        Assert.Null(await Store.FindByAliasAsync(DirectoryKind.Key, "name", Stop));
        Assert.Null(await Store.FindAsync(DirectoryKind.Team, "X", Stop));
        Assert.Null(await Store.FindByAliasAsync(DirectoryKind.Team, "x", Stop));
    }

    [Fact]
    public async Task Every_kind_can_be_kept()
    {
        foreach (var kind in Enum.GetValues<DirectoryKind>())
        {
            await AddAsync(kind, "same", alias: "same");
            Assert.Equal(kind, (await Store.FindAsync(kind, "same", Stop))?.Kind);
        }
        Assert.Equal(Enum.GetValues<DirectoryKind>().Length, (await Store.ChangesSinceAsync(0, Stop)).Changed.Count);
    }

    [Fact]
    public async Task An_id_and_an_alias_are_taken_once_and_free_again_after_a_removal()
    {
        await AddAsync(DirectoryKind.Key, "a", alias: "dev");
        await RefusedAsync(DirectoryConflict.IdTaken, "a", new DirectoryChange.Add(Entry(DirectoryKind.Key, "a")));
        await RefusedAsync(DirectoryConflict.AliasTaken, "dev", new DirectoryChange.Add(Entry(DirectoryKind.Key, "b", alias: "dev")));
        await Store.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "a")], Stop);
        await AddAsync(DirectoryKind.Key, "b", alias: "dev");
        await AddAsync(DirectoryKind.Key, "a");
        await AddAsync(DirectoryKind.Key, "c");
    }

    [Fact]
    public async Task A_replacement_of_what_another_has_changed_meanwhile_is_refused()
    {
        await AddAsync(DirectoryKind.Team, "t", alias: "one");
        var read = await FoundAsync(DirectoryKind.Team, "t");
        await Store.ApplyAsync([new DirectoryChange.Replace(read with { Document = Bytes("""{"n":1}"""), Alias = "two" })], Stop);
        await RefusedAsync(DirectoryConflict.Changed, "t", new DirectoryChange.Replace(read with { Document = Bytes("""{"n":2}""") }));
        await RefusedAsync(DirectoryConflict.Missing, "u", new DirectoryChange.Replace(read with { Id = "u" }));
        var now = await FoundAsync(DirectoryKind.Team, "t");
        Assert.Equal(("""{"n":1}""", "two"), (Encoding.UTF8.GetString(now.Document.Span), now.Alias));
        Assert.True(now.Revision > read.Revision);
        Assert.Null(await Store.FindByAliasAsync(DirectoryKind.Team, "one", Stop));
    }

    [Fact]
    public async Task A_replacement_cannot_take_another_s_alias_but_can_keep_its_own()
    {
        await AddAsync(DirectoryKind.Key, "a", alias: "dev");
        await AddAsync(DirectoryKind.Key, "b", alias: "ops");
        var read = await FoundAsync(DirectoryKind.Key, "b");
        await RefusedAsync(DirectoryConflict.AliasTaken, "dev", new DirectoryChange.Replace(read with { Alias = "dev" }));
        await Store.ApplyAsync([new DirectoryChange.Replace(read with { TeamId = "t" })], Stop);
        Assert.Equal(("ops", "t"), ((await FoundAsync(DirectoryKind.Key, "b")).Alias, (await FoundAsync(DirectoryKind.Key, "b")).TeamId));
    }

    [Fact]
    public async Task Of_a_change_with_a_refused_step_nothing_is_kept()
    {
        await AddAsync(DirectoryKind.Key, "a");
        var before = await Store.ChangesSinceAsync(0, Stop);
        await RefusedAsync(
            DirectoryConflict.IdTaken, "a",
            new DirectoryChange.Add(Entry(DirectoryKind.Team, "t")), new DirectoryChange.Remove(DirectoryKind.Key, "a"), new DirectoryChange.Add(Entry(DirectoryKind.Key, "b")),
            new DirectoryChange.Add(Entry(DirectoryKind.Key, "a")), new DirectoryChange.Add(Entry(DirectoryKind.Key, "a")));
        Assert.NotNull(await Store.FindAsync(DirectoryKind.Key, "a", Stop));
        Assert.Null(await Store.FindAsync(DirectoryKind.Team, "t", Stop));
        Assert.Null(await Store.FindAsync(DirectoryKind.Key, "b", Stop));
        var after = await Store.ChangesSinceAsync(0, Stop);
        Assert.Equal(before.Changed, after.Changed);
        Assert.Equal(before.Revision, after.Revision);
    }

    [Fact]
    public async Task Steps_of_one_change_see_each_other()
    {
        await AddAsync(DirectoryKind.Key, "old", alias: "dev");
        await Store.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "old"), new DirectoryChange.Add(Entry(DirectoryKind.Key, "new", alias: "dev"))], Stop);
        Assert.Equal("new", (await Store.FindByAliasAsync(DirectoryKind.Key, "dev", Stop))?.Id);
    }

    [Fact]
    public async Task Changes_are_told_in_order_each_thing_once_and_removals_too()
    {
        Assert.Empty((await Store.ChangesSinceAsync(0, Stop)).Changed);
        await AddAsync(DirectoryKind.Key, "a");
        var second = await Store.ApplyAsync([new DirectoryChange.Add(Entry(DirectoryKind.Team, "t")), new DirectoryChange.Add(Entry(DirectoryKind.Key, "b"))], Stop);
        var all = await Store.ChangesSinceAsync(0, Stop);
        Assert.Equal([(DirectoryKind.Key, "a"), (DirectoryKind.Team, "t"), (DirectoryKind.Key, "b")], all.Changed);
        Assert.Equal((second, false), (all.Revision, all.More));

        await Store.ApplyAsync([new DirectoryChange.Replace(await FoundAsync(DirectoryKind.Team, "t"))], Stop);
        await Store.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "a"), new DirectoryChange.Remove(DirectoryKind.Key, "never there")], Stop);
        var later = await Store.ChangesSinceAsync(second, Stop);
        Assert.Equal([(DirectoryKind.Team, "t"), (DirectoryKind.Key, "a"), (DirectoryKind.Key, "never there")], later.Changed);
        var nothing = await Store.ChangesSinceAsync(later.Revision, Stop);
        Assert.Empty(nothing.Changed);
        Assert.Equal(later.Revision, nothing.Revision);

        // Who has heard nothing yet asks where the end is.
        var end = await Store.ChangesSinceAsync(long.MaxValue, Stop);
        Assert.Empty(end.Changed);
        Assert.Equal(later.Revision, end.Revision);
    }

    [Fact]
    public async Task Many_changes_are_told_in_pages()
    {
        await Store.ApplyAsync([.. Enumerable.Range(0, 1500).Select(i => new DirectoryChange.Add(Entry(DirectoryKind.EndUser, $"u{i:0000}")))], Stop);
        var first = await Store.ChangesSinceAsync(0, Stop);
        Assert.Equal((1000, true), (first.Changed.Count, first.More));
        var second = await Store.ChangesSinceAsync(first.Revision, Stop);
        Assert.Equal((500, false), (second.Changed.Count, second.More));
        Assert.Equal("u1499", second.Changed[^1].Id);
        Assert.Equal(1500, first.Changed.Concat(second.Changed).Distinct().Count());
    }

    [Fact]
    public async Task Lists_are_newest_first_and_pages_go_on_where_the_last_one_ended()
    {
        foreach (var (id, second) in ((string, int)[])[("a", 1), ("b", 2), ("c", 2), ("d", 2), ("e", 3)])
        {
            await AddAsync(DirectoryKind.Key, id, second: second);
        }
        await AddAsync(DirectoryKind.Team, "t");
        var query = new DirectoryQuery(DirectoryKind.Key) { PageSize = 2 };
        var ids = new List<string>();
        for (DirectoryCursor? cursor = null; ids.Count < 9;)
        {
            var page = await Store.ListAsync(query with { Before = cursor }, Stop);
            Assert.Equal(5, page.Total);
            ids.AddRange(page.Entries.Select(entry => entry.Id));
            cursor = page.Next;
            if (cursor is null)
            {
                break;
            }
        }
        Assert.Equal(["e", "d", "c", "b", "a"], ids);
        Assert.Equal(["c", "b"], (await Store.ListAsync(query with { Skip = 2 }, Stop)).Entries.Select(entry => entry.Id));
        Assert.Empty((await Store.ListAsync(query with { Skip = 5 }, Stop)).Entries);
        Assert.Null((await Store.ListAsync(query with { PageSize = 5 }, Stop)).Next);
    }

    [Fact]
    public async Task Filters_narrow_a_list_together()
    {
        await AddAsync(DirectoryKind.Key, "1", team: "t", user: "ann", organization: "o", alias: "first");
        await AddAsync(DirectoryKind.Key, "2", team: "t", user: "bob");
        await AddAsync(DirectoryKind.Key, "3", user: "ann");
        Assert.Equal("2 1", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { TeamId = "t" }));
        Assert.Equal("3 1", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { UserId = "ann" }));
        Assert.Equal("1", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { UserId = "ann", TeamId = "t" }));
        Assert.Equal("1", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { OrganizationId = "o" }));
        Assert.Equal("1", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { Alias = "first" }));
        Assert.Equal("", await IdsAsync(new DirectoryQuery(DirectoryKind.Key) { Alias = "fir" }));
        Assert.Equal("", await IdsAsync(new DirectoryQuery(DirectoryKind.Team)));
    }

    [Fact]
    public async Task Of_writers_that_replace_the_same_thing_at_once_one_wins()
    {
        await AddAsync(DirectoryKind.Key, "a");
        var read = await FoundAsync(DirectoryKind.Key, "a");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                await Store.ApplyAsync([new DirectoryChange.Replace(read with { Document = Bytes($$"""{"n":{{i}}}""") })], Stop);
                return true;
            }
            catch (DirectoryConflictException conflict)
            {
                Assert.Equal(DirectoryConflict.Changed, conflict.Conflict);
                return false;
            }
        }));
        Assert.Single(outcomes, won => won);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DirectoryQuery.MaxPageSize + 1)]
    public async Task A_page_has_bounds(int size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.ListAsync(new DirectoryQuery(DirectoryKind.Key) { PageSize = size }, Stop));

    private static DirectoryEntry Entry(
        DirectoryKind kind, string id, string? alias = null, string? team = null, string? user = null, string? organization = null, int second = 0) =>
        new(kind, id, Bytes("{}")) { Alias = alias, TeamId = team, UserId = user, OrganizationId = organization, CreatedAt = Start.AddSeconds(second), UpdatedAt = Start };

    private async Task AddAsync(
        DirectoryKind kind, string id, string? alias = null, string? team = null, string? user = null, string? organization = null, int second = 0) =>
        await Store.ApplyAsync([new DirectoryChange.Add(Entry(kind, id, alias, team, user, organization, second))], Stop);

    private async Task<DirectoryEntry> FoundAsync(DirectoryKind kind, string id)
    {
        var found = await Store.FindAsync(kind, id, Stop);
        Assert.NotNull(found);
        return found;
    }

    private async Task RefusedAsync(DirectoryConflict expected, string id, params DirectoryChange[] steps)
    {
        var refused = await Assert.ThrowsAsync<DirectoryConflictException>(async () => await Store.ApplyAsync(steps, Stop));
        Assert.Equal((expected, id), (refused.Conflict, refused.Id));
    }

    private async Task<string> IdsAsync(DirectoryQuery query) => string.Join(' ', (await Store.ListAsync(query, Stop)).Entries.Select(entry => entry.Id));

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}

/// <summary>The directory of a gateway without a database.</summary>
public sealed class MemoryDirectoryStoreTests : DirectoryCompliance
{
    protected override IDirectoryStore Store { get; } = new MemoryDirectoryStore();
}
