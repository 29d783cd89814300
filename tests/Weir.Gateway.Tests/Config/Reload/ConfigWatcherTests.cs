using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Reload;

namespace Weir.Gateway.Tests.Config.Reload;

public sealed class ConfigWatcherTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-reload-");
    private readonly FakeTimeProvider _time = new();
    private readonly List<GatewayConfig> _applied = [];
    private readonly List<ReloadStatus> _told = [];
    private Action _whileApplying = static () => { };
    private int _loads;

    private string Main => Path.Combine(_folder.FullName, "config.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_changed_file_is_in_force_after_it_held_still_for_one_interval()
    {
        Write(Main, "one");
        using var watcher = Watch();

        Write(Main, "two");
        Tick();
        Assert.Empty(_applied);
        Tick();

        Assert.Equal("two", Group(Assert.Single(_applied)));
        Assert.Equal("two", Group(watcher.Current));
        Assert.True(watcher.LastReload is { Succeeded: true, Trigger: "file changed", Applied: 2, Failed: 0 });
        Assert.Same(watcher.LastReload, Assert.Single(_told));
    }

    [Fact]
    public void A_file_that_keeps_changing_waits_until_it_holds_still()
    {
        Write(Main, "one");
        using var watcher = Watch();
        for (var i = 0; i < 5; i++)
        {
            Write(Main, $"draft-{i}");
            Tick();
        }

        Assert.Equal(0, _loads);
        Tick();

        Assert.Equal("draft-4", Group(Assert.Single(_applied)));
    }

    [Fact]
    public void Nothing_is_loaded_while_nothing_changes_or_only_the_time_stamp_does()
    {
        Write(Main, "one");
        using var watcher = Watch();
        File.SetLastWriteTimeUtc(Main, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        for (var i = 0; i < 10; i++)
        {
            Tick();
        }

        Assert.Equal(0, _loads);
    }

    [Fact]
    public void The_swap_of_a_config_map_s_data_link_is_a_change()
    {
        foreach (var version in new[] { "v1", "v2" })
        {
            Directory.CreateDirectory(Path.Combine(_folder.FullName, version));
            Write(Path.Combine(_folder.FullName, version, "config.yaml"), version);
        }

        var data = Path.Combine(_folder.FullName, "..data");
        Directory.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(Main, Path.Combine("..data", "config.yaml"));
        using var watcher = Watch();

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "v2");
        Tick();
        Tick();

        Assert.Equal("v2", Group(Assert.Single(_applied)));
    }

    [Fact]
    public void A_broken_file_leaves_everything_as_it_is_says_so_and_is_tried_once()
    {
        Write(Main, "one");
        using var watcher = Watch();
        File.WriteAllText(Main, "model_list: [");
        for (var i = 0; i < 6; i++)
        {
            Tick();
        }

        Assert.Equal(1, _loads);
        Assert.Empty(_applied);
        Assert.Equal("one", Group(watcher.Current));
        Assert.True(watcher.LastReload is { Succeeded: false, Applied: 1, Failed: 1 });
        Assert.Contains("config.yaml:", watcher.LastReload.Summary, StringComparison.Ordinal);

        Write(Main, "mended");
        Tick();
        Tick();
        Assert.True(watcher.LastReload is { Succeeded: true, Applied: 2, Failed: 1 });
        Assert.Equal("mended", Group(watcher.Current));
    }

    [Fact]
    public void A_file_that_is_gone_is_a_failed_reload_and_its_return_a_good_one()
    {
        Write(Main, "one");
        using var watcher = Watch();
        File.Delete(Main);
        Tick();
        Tick();
        Assert.False(watcher.LastReload.Succeeded);

        Write(Main, "back");
        Tick();
        Tick();
        Assert.Equal("back", Group(watcher.Current));
    }

    [Fact]
    public void A_snapshot_that_can_not_be_built_leaves_the_earlier_one_and_the_timer_alive()
    {
        Write(Main, "one");
        using var watcher = Watch();
        _whileApplying = static () => throw new InvalidOperationException("no");
        Write(Main, "two");
        Tick();
        Tick();
        Assert.Equal("one", Group(watcher.Current));
        Assert.Equal("reload-failed", Assert.Single(watcher.LastReload.Problems).Code);

        _whileApplying = static () => { };
        Write(Main, "three");
        Tick();
        Tick();
        Assert.Equal("three", Group(watcher.Current));
    }

    [Fact]
    public void An_included_file_is_watched_too_also_one_that_a_reload_brought()
    {
        var extra = Path.Combine(_folder.FullName, "extra.yaml");
        Write(extra, "extra");
        Write(Main, "one");
        using var watcher = Watch();
        Write(Main, "one", "include: [extra.yaml]\n");
        Tick();
        Tick();
        Assert.Equal(["one", "extra"], watcher.Current.Deployments.Select(static item => item.ModelGroup));

        Write(extra, "changed");
        Tick();
        Tick();
        Assert.Equal(["one", "changed"], watcher.Current.Deployments.Select(static item => item.ModelGroup));
    }

    [Fact]
    public void A_signal_loads_at_once_changed_or_not()
    {
        Write(Main, "one");
        using var watcher = Watch();

        var status = watcher.ReloadNow("SIGHUP");

        Assert.True(status is { Succeeded: true, Trigger: "SIGHUP", Applied: 2 });
        Assert.Single(_applied);
        Tick();
        Tick();
        Assert.Equal(1, _loads);
    }

    [Fact]
    public void A_reload_that_weakens_policy_says_so()
    {
        Write(Main, "one", "litellm_settings: {ssl_verify: true}\n");
        using var watcher = Watch();
        Write(Main, "one", "litellm_settings: {ssl_verify: false}\n");

        var status = watcher.ReloadNow("SIGHUP");

        Assert.Equal(["Certificates of upstreams are no longer verified."], status.Weakened);
        Assert.Contains("weakens policy", status.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deployment_that_did_not_change_keeps_its_id_over_a_reload()
    {
        Write(Main, "one");
        using var watcher = Watch();
        var id = watcher.Current.Deployments[0].Id;
        Write(Main, "one", "router_settings: {num_retries: 7}\n");
        watcher.ReloadNow("SIGHUP");

        Assert.Equal((id, 7), (watcher.Current.Deployments[0].Id, watcher.Current.Router.Retries));
    }

    private static string Group(GatewayConfig config) => config.Deployments[0].ModelGroup;

    private static void Write(string file, string group, string more = "") =>
        File.WriteAllText(file, $"model_list:\n  - model_name: {group}\n    litellm_params: {{model: openai/x, api_key: k}}\n{more}");

    private void Tick() => _time.Advance(ConfigWatcher.Interval);

    private ConfigWatcher Watch()
    {
        var watcher = new ConfigWatcher(Load(), LoadAgain, Apply, _time, NullLogger<ConfigWatcher>.Instance);
        watcher.Reloaded += _told.Add;
        watcher.Start();
        return watcher;

        void Apply(GatewayConfig config)
        {
            _whileApplying();
            _applied.Add(config);
        }
    }

    private ConfigLoadResult LoadAgain()
    {
        _loads++;
        return Load();
    }

    private ConfigLoadResult Load() => ConfigLoader.Load(Main, new ConfigLoadOptions { Environment = new Dictionary<string, string>(), Check = new CheckOptions() });
}
