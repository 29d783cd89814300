using Weir.Gateway.Ledger;

namespace Weir.Storage.Tests;

/// <summary>What every driver's migrations must do, also when builds of several versions use one database.</summary>
public abstract class MigrationCompliance
{
    private static readonly (string, string)[] Made = [("0001_expand_one.sql", "CREATE TABLE one (old INTEGER, new INTEGER)")];
    private static readonly (string, string) Grown = ("0002_expand_two.sql", "CREATE TABLE two (it INTEGER)");
    private static readonly (string, string) Shrunk = ("0003_contract_one.sql", "ALTER TABLE one DROP COLUMN old");
    private static readonly (string, string) Later = ("0004_expand_four.sql", "CREATE TABLE four (it INTEGER)");

    // A build needs the table of replicas, which is not part of what these tests are about.
    private static readonly string Beats = "CREATE TABLE replicas (id text PRIMARY KEY, version text NOT NULL, level integer NOT NULL, beat_at {0} NOT NULL)";

    /// <summary>The scripts that the driver brings, by name.</summary>
    protected static readonly string[] Own = ["0001_request_log.sql", "0002_kept_things.sql", "0003_expand_replicas.sql", "0004_expand_directory.sql", "0005_expand_budgets.sql"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Type of the column that holds a beat.</summary>
    protected abstract string BeatType { get; }

    /// <summary>Opens the test's database, with these scripts or those of the build.</summary>
    private protected abstract Storage Open(MigrationScripts? scripts = null);

    /// <summary>Writes to the database past Weir.</summary>
    protected abstract Task SqlAsync(string sql);

    [Fact]
    public async Task A_new_database_gets_every_script_once()
    {
        using var storage = Open();
        Assert.Empty(await storage.Replicas.ListAsync(Stop));
        Assert.Equal(Own.Select(name => new MigrationState(name, false, true)), storage.Migrations.Status());
        Assert.Equal(Own, storage.Migrations.Migrate());
        Assert.Empty(storage.Migrations.Migrate());
        Assert.Equal(Own.Select(name => new MigrationState(name, true, true)), storage.Migrations.Status());
    }

    [Fact]
    public void Every_new_script_says_whether_it_adds_or_takes_away()
    {
        using var storage = Open();
        Assert.DoesNotContain(
            storage.Migrations.Status().Select(script => script.Name).Skip(2),
            name => !name[4..].StartsWith("_expand_", StringComparison.Ordinal) && !name[4..].StartsWith("_contract_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        using var ready = new Barrier(4);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var storage = Open();
                ready.SignalAndWait(Stop);
                return storage.Migrations.Migrate().Count;
            },
            Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal([0, 0, 0, Own.Length], runs.Order());
    }

    [Fact]
    public void A_script_that_fails_leaves_nothing_behind_not_even_of_those_before_it()
    {
        using var broken = Open(Scripts(Grown, ("0003_expand_broken.sql", "CREATE TABLE three (it INTEGER); CREATE TABLE one (it INTEGER)")));
        var error = Assert.Throws<MigrationException>(() => broken.Migrations.Migrate());
        Assert.Contains("0003_expand_broken.sql", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(broken.Migrations.Status(), script => script.Applied);
        using var mended = Open(Scripts(Grown, ("0003_expand_broken.sql", "CREATE TABLE three (it INTEGER)")));
        Assert.Equal(4, mended.Migrations.Migrate().Count);
    }

    [Fact]
    public async Task An_older_build_serves_beside_a_newer_one_that_only_added()
    {
        using var newer = Open(Scripts(Grown, Later));
        using var older = Open(Scripts());
        newer.Migrations.Migrate();
        Assert.Empty(older.Migrations.Migrate());
        Assert.Contains(new MigrationState("0002_expand_two.sql", true, false), older.Migrations.Status());
        await older.Replicas.BeatAsync(new Replica("older", "1.0"), Stop);
        await newer.Replicas.BeatAsync(new Replica("newer", "1.1"), Stop);
        Assert.Equal([("newer", "1.1", 4), ("older", "1.0", 1)], (await newer.Replicas.ListAsync(Stop)).Select(live => (live.Id, live.Version, live.Schema)));
    }

    [Fact]
    public async Task What_an_older_build_needs_is_taken_away_only_when_none_of_them_lives()
    {
        using var older = Open(Scripts(Grown));
        older.Migrations.Migrate();
        await older.Replicas.BeatAsync(new Replica("older", "1.0"), Stop);
        using var newer = Open(Scripts(Grown, Shrunk, Later));
        Assert.Equal(["0004_expand_four.sql"], newer.Migrations.Migrate());
        await newer.Replicas.BeatAsync(new Replica("newer", "2.0"), Stop);
        Assert.Empty(newer.Migrations.Migrate());
        await SqlAsync("UPDATE one SET old = 1");
        await older.Replicas.LeaveAsync("older", Stop);
        Assert.Equal(["0003_contract_one.sql"], newer.Migrations.Migrate());
    }

    [Fact]
    public async Task A_replica_that_fell_silent_is_not_waited_for()
    {
        using var older = Open(Scripts(Grown));
        older.Migrations.Migrate();
        await older.Replicas.BeatAsync(new Replica("older", "1.0"), Stop);
        await SqlAsync(BeatType == "REAL" ? "UPDATE replicas SET beat_at = beat_at - 61" : "UPDATE replicas SET beat_at = beat_at - interval '61 seconds'");
        Assert.Empty(await older.Replicas.ListAsync(Stop));
        using var newer = Open(Scripts(Grown, Shrunk));
        Assert.Equal(["0003_contract_one.sql"], newer.Migrations.Migrate());
    }

    [Fact]
    public async Task A_build_whose_ground_was_taken_away_neither_starts_nor_is_counted()
    {
        using var newer = Open(Scripts(Grown, Shrunk));
        newer.Migrations.Migrate();
        using var older = Open(Scripts(Grown));
        var error = Assert.Throws<MigrationException>(() => older.Migrations.Migrate());
        Assert.Contains("0003_contract_one.sql", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MigrationException>(async () => await older.Replicas.BeatAsync(new Replica("older", "1.0"), Stop));
        Assert.Empty(await newer.Replicas.ListAsync(Stop));
    }

    private MigrationScripts Scripts(params (string, string)[] more) =>
        new([.. Made, ("0000_expand_replicas.sql", Beats.Replace("{0}", BeatType, StringComparison.Ordinal)), .. more]);
}
