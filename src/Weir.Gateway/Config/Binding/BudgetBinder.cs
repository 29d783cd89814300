using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Config.Binding;

/// <summary>Binds limits of money that the file sets, and how budgets behave.</summary>
internal sealed class BudgetBinder(SectionReader general, SectionReader liteLlm, SectionReader router, SectionReader weir)
{
    /// <summary>Reads them.</summary>
    public BudgetConfig Bind() => new()
    {
        // LiteLLM's limits of the file take 0 for "none".
        Proxy = Terms(liteLlm, "max_budget", "budget_duration", zeroIsNone: true),
        EndUser = Terms(liteLlm, "max_end_user_budget", null, zeroIsNone: true),
        EndUserBudgetId = liteLlm.Text("max_end_user_budget_id"),
        Providers = Providers(),
        ExceededStatus = Status(),
        Zone = Zone(),
        ClampsAnswers = Clamps(),
        GlobalParallel = general.Int("global_max_parallel_requests") is > 0 and { } parallel ? parallel : null,
    };

    /// <summary>A limit and its duration; null when there is none.</summary>
    public static BudgetTerms? Terms(SectionReader section, string max, string? duration, bool zeroIsNone)
    {
        if (section.Decimal(max) is not { } dollars || (zeroIsNone && dollars == 0))
        {
            return null;
        }
        if (dollars > long.MaxValue / 1_000_000_000m)
        {
            section.Wrong(section.Map.Find(max)!, max, "an amount of at most nine billion dollars"); // Decimal has found it.
            return null;
        }
        return new BudgetTerms(Money.FromDollarsRoundedUp(dollars), duration is null ? "" : Duration(section, duration));
    }

    private static string Duration(SectionReader section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return "";
        }
        if (BudgetDuration.TryParse(text, out _))
        {
            return text;
        }
        section.Wrong(section.Map.Find(name)!, name, "a duration such as 30s, 30m, 24h, 7d, 30d or 1mo"); // Text has found it.
        return "";
    }

    private ImmutableDictionary<string, BudgetTerms> Providers()
    {
        var found = ImmutableDictionary.CreateBuilder<string, BudgetTerms>(StringComparer.Ordinal);
        foreach (var entry in router.Section("provider_budget_config")?.Map.Entries ?? [])
        {
            var path = $"provider_budget_config.{entry.Name}";
            if (entry.Value is not ConfigMap map)
            {
                router.Wrong(entry.Value, path, "a map with budget_limit and time_period");
                continue;
            }
            var section = router.Below(map, path);
            var terms = Terms(section, "budget_limit", "time_period", zeroIsNone: false) ?? Terms(section, "max_budget", "budget_duration", zeroIsNone: false);
            if (terms is not null)
            {
                found[entry.Name] = terms;
            }
            else if (section.FirstWrong is null)
            {
                router.Wrong(map, path, "budget_limit (USD) and time_period (such as 1d)");
            }
        }
        return found.ToImmutable();
    }

    private int Status()
    {
        if (liteLlm.Int("budget_exceeded_status_code") is not { } status)
        {
            return new BudgetConfig().ExceededStatus;
        }
        if (status is >= 400 and <= 599)
        {
            return status;
        }
        liteLlm.Wrong(liteLlm.Map.Find("budget_exceeded_status_code")!, "budget_exceeded_status_code", "an HTTP status from 400 to 599"); // Int has found it.
        return new BudgetConfig().ExceededStatus;
    }

    private TimeZoneInfo Zone()
    {
        if (liteLlm.Text("timezone") is not { } name)
        {
            return TimeZoneInfo.Utc;
        }
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }
        liteLlm.Wrong(liteLlm.Map.Find("timezone")!, "timezone", "a time zone that this machine knows, such as UTC or Europe/Berlin"); // Text has found it.
        return TimeZoneInfo.Utc;
    }

    private bool Clamps()
    {
        if (weir.Text("budget_max_tokens") is not { } word)
        {
            return false;
        }
        if (word is not ("reserve" or "clamp"))
        {
            weir.Wrong(weir.Map.Find("budget_max_tokens")!, "budget_max_tokens", "one of reserve, clamp"); // Text has found it.
        }
        return word == "clamp";
    }
}
