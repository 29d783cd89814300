using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Tests.Access.Keys;

public sealed class KnownKeysTests
{
    private const string Key = "sk-dev-0123456789";
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    private readonly DirectoryOf _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly KnownKeys _keys;

    public KnownKeysTests() => _keys = new KnownKeys(new CallerReader(_directory), _time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_read_once_and_then_known_without_a_question()
    {
        await _directory.PutKeyAsync(Key, """{"key_alias":"dev"}""");
        Assert.Null(_keys.Find(KeyHash.Of(Key)));
        Assert.Equal("dev", (await _keys.AskAsync(KeyHash.Of(Key), Home, Stop))?.Alias);
        var asked = _directory.Finds;
        Assert.Equal("dev", _keys.Find(KeyHash.Of(Key))?.Alias);
        Assert.Equal(asked, _directory.Finds);
    }

    [Fact]
    public async Task Those_who_miss_at_once_are_joined_into_one_question()
    {
        await _directory.PutKeyAsync(Key, "{}");
        var gate = new TaskCompletionSource();
        _directory.Gate = gate.Task;
        var asking = Enumerable.Range(0, 50).Select(_ => _keys.AskAsync(KeyHash.Of(Key), Home, Stop).AsTask()).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(asking), Assert.NotNull);
        Assert.Equal(1, _directory.Finds);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("team")]
    [InlineData("user")]
    [InlineData("organization")]
    [InlineData("budget")]
    [InlineData("group")]
    [InlineData("other key")]
    public async Task A_change_drops_what_was_made_of_it_and_nothing_else(string changed)
    {
        await _directory.PutKeyAsync(Key, """{"team_id":"t","user_id":"u","organization_id":"o","budget_id":"b","access_group_ids":["g"],"models":["m"]}""");
        await _directory.PutAsync(DirectoryKind.Team, "t", "{}");
        await _keys.AskAsync(KeyHash.Of(Key), Home, Stop);
        _keys.Drop(
            changed switch
            {
                "key" or "other key" => DirectoryKind.Key,
                "team" => DirectoryKind.Team,
                "user" => DirectoryKind.User,
                "organization" => DirectoryKind.Organization,
                "budget" => DirectoryKind.Budget,
                _ => DirectoryKind.AccessGroup,
            },
            changed switch { "key" => KeyHash.Of(Key).ToHex(), "other key" => KeyHash.Of("sk-x").ToHex(), _ => changed[..1] });
        Assert.Equal(changed == "other key", _keys.Find(KeyHash.Of(Key)) is not null);
    }

    [Fact]
    public async Task Whoever_asks_after_a_change_does_not_get_what_was_read_before_it()
    {
        await _directory.PutKeyAsync(Key, """{"key_alias":"old"}""");
        var gate = new TaskCompletionSource();
        _directory.Gate = gate.Task;
        var before = _keys.AskAsync(KeyHash.Of(Key), Home, Stop).AsTask();
        _directory.Gate = Task.CompletedTask;
        await _directory.PutKeyAsync(Key, """{"key_alias":"new"}""");
        _keys.Drop(DirectoryKind.Key, KeyHash.Of(Key).ToHex());
        Assert.Equal("new", (await _keys.AskAsync(KeyHash.Of(Key), Home, Stop))?.Alias);
        gate.SetResult();
        await before;
        Assert.Equal("new", _keys.Find(KeyHash.Of(Key))?.Alias);
    }

    [Fact]
    public async Task An_unknown_key_is_asked_for_once_and_known_as_soon_as_it_is_made()
    {
        Assert.Null(await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
        var asked = _directory.Finds;
        Assert.Null(await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
        Assert.Equal(asked, _directory.Finds);
        await _directory.PutKeyAsync(Key, "{}");
        _keys.Drop(DirectoryKind.Key, KeyHash.Of(Key).ToHex());
        Assert.NotNull(await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
    }

    [Fact]
    public async Task Guessing_asks_the_store_only_so_often_and_pushes_no_known_key_out()
    {
        await _directory.PutKeyAsync(Key, "{}");
        Assert.NotNull(await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
        var refused = 0;
        for (var i = 0; i < 6000; i++)
        {
            try
            {
                Assert.Null(await _keys.AskAsync(KeyHash.Of($"sk-guess-{i}"), Home, Stop));
            }
            catch (GatewayException error)
            {
                Assert.Equal((429, "throttling_error"), (error.Error.HttpStatus, error.Error.WireType));
                refused++;
            }
        }
        Assert.Equal(6000 - 60, refused);
        Assert.InRange(_directory.Finds, 1, 130);
        Assert.NotNull(_keys.Find(KeyHash.Of(Key)));

        // Others are not hurt by it, and the address itself may ask again after a while.
        Assert.Null(await _keys.AskAsync(KeyHash.Of("sk-another"), IPAddress.Parse("192.0.2.2"), Stop));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await _keys.AskAsync(KeyHash.Of("sk-later"), Home, Stop));
    }

    [Fact]
    public async Task What_is_remembered_is_bounded()
    {
        for (var i = 0; i < 5000; i++)
        {
            await _keys.AskAsync(KeyHash.Of($"sk-guess-{i}"), IPAddress.Parse($"10.0.0.{i / 50}"), Stop);
        }
        Assert.InRange(_keys.UnknownCount, 1, 4096);
        for (var i = 0; i < 12_000; i++)
        {
            await _directory.PutKeyAsync($"sk-good-{i}", "{}");
            Assert.NotNull(await _keys.AskAsync(KeyHash.Of($"sk-good-{i}"), Home, Stop));
        }
        Assert.InRange(_keys.Count, 1, 10_000);
        Assert.NotNull(_keys.Find(KeyHash.Of("sk-good-11999")));
    }

    [Fact]
    public async Task A_store_that_is_away_is_said_so_and_asked_again()
    {
        await _directory.PutKeyAsync(Key, "{}");
        _directory.Away = true;
        var error = await Assert.ThrowsAsync<GatewayException>(async () => await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
        Assert.Equal((503, "no_db_connection", "No connected db."), (error.Error.HttpStatus, error.Error.WireType, error.Error.Message));
        _directory.Away = false;
        Assert.NotNull(await _keys.AskAsync(KeyHash.Of(Key), Home, Stop));
    }

    [Fact]
    public async Task A_key_in_its_grace_period_is_its_successor_until_then()
    {
        await _directory.PutKeyAsync("sk-new-0123456789", """{"key_alias":"dev"}""");
        var end = _time.GetUtcNow().AddMinutes(5);
        await _directory.PutAsync(DirectoryKind.RetiredKey, KeyHash.Of(Key).ToHex(), $$"""{"successor":"{{KeyHash.Of("sk-new-0123456789").ToHex()}}","revoke_at":"{{end:O}}"}""");
        var caller = await _keys.AskAsync(KeyHash.Of(Key), Home, Stop);
        Assert.Equal("dev", caller?.Alias);
        Assert.Null(caller?.RefusalAt(_time));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ErrorKind.KeyExpired, caller?.RefusalAt(_time)?.Kind);

        // What is changed in the successor holds for it, too.
        _keys.Drop(DirectoryKind.Key, KeyHash.Of("sk-new-0123456789").ToHex());
        Assert.Null(_keys.Find(KeyHash.Of(Key)));
    }

    [Fact]
    public async Task What_other_replicas_change_is_dropped_here_and_nothing_is_taken_from_memory_when_they_cannot_be_heard()
    {
        await _directory.PutKeyAsync(Key, """{"key_alias":"old"}""");
        using var watch = new DirectoryWatch(_directory, [_keys], _time, NullLogger<DirectoryWatch>.Instance);
        await watch.LookAsync(Stop);
        await _keys.AskAsync(KeyHash.Of(Key), Home, Stop);
        await watch.LookAsync(Stop);
        Assert.NotNull(_keys.Find(KeyHash.Of(Key)));
        await _directory.PutKeyAsync(Key, """{"key_alias":"new"}""");
        await watch.LookAsync(Stop);
        Assert.Null(_keys.Find(KeyHash.Of(Key)));

        await _keys.AskAsync(KeyHash.Of(Key), Home, Stop);
        _directory.Away = true;
        await watch.LookAsync(Stop);
        Assert.NotNull(_keys.Find(KeyHash.Of(Key)));
        _time.Advance(TimeSpan.FromSeconds(11));
        await watch.LookAsync(Stop);
        Assert.Null(_keys.Find(KeyHash.Of(Key)));
        _directory.Away = false;
        await watch.LookAsync(Stop);
        Assert.NotNull(_keys.Find(KeyHash.Of(Key)));
    }

    [Fact]
    public async Task A_hit_allocates_nothing()
    {
        await _directory.PutKeyAsync(Key, "{}");
        await _keys.AskAsync(KeyHash.Of(Key), Home, Stop);
        Assert.Equal(0, Allocations.Least(() => _keys.Find(KeyHash.Of(Key))));
    }
}
