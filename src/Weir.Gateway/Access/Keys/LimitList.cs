using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Access.Keys;

/// <summary>Collects the limits and scopes of a caller, the widest first.</summary>
internal sealed class LimitList
{
    private readonly List<SpendLimit> _spend = [];
    private readonly List<RateLimit> _rates = [];
    private readonly List<Scope> _scopes = [];

    internal IReadOnlyList<SpendLimit> Spend => _spend;

    internal IReadOnlyList<RateLimit> Rates => _rates;

    internal IReadOnlyList<Scope> Scopes => _scopes;

    /// <summary>Its spend is counted, limited or not.</summary>
    internal void Count(Scope scope)
    {
        if (!_scopes.Contains(scope))
        {
            _scopes.Add(scope);
        }
    }

    /// <summary>The limits that an entry, or a budget that it refers to, writes down.</summary>
    internal void Add(Scope scope, string name, in EntryFields fields, bool temporaryIncrease = false)
    {
        AddBudgets(scope, name, fields, temporaryIncrease);
        AddRates(scope, name, fields);
    }

    /// <summary>Only those of money.</summary>
    internal void AddBudgets(Scope scope, string name, in EntryFields fields, bool temporaryIncrease = false)
    {
        var (max, soft) = (fields.Money("max_budget"), fields.Money("soft_budget"));
        if (max is not null || soft is not null)
        {
            var metadata = fields.Object("metadata");
            var increase = temporaryIncrease && metadata.Time("temp_budget_expiry") is { } end && metadata.Money("temp_budget_increase") is { } more ? (more, end) : default;
            _spend.Add(new SpendLimit(scope, max, soft, fields.Text("budget_duration") ?? "", name)
            {
                Increase = increase.more, IncreaseEnds = increase.end == default ? null : increase.end,
            });
        }
        if (fields.Find("budget_limits") is { ValueKind: JsonValueKind.Array } windows)
        {
            foreach (var window in windows.EnumerateArray())
            {
                var limit = new EntryFields(window);
                if (limit.Money("max_budget") is { } most)
                {
                    _spend.Add(new SpendLimit(scope, most, null, limit.Text("budget_duration") ?? "", name));
                }
            }
        }
    }

    /// <summary>Budgets of single models: <c>{"gpt-4o": {"budget_limit": 1, "time_period": "1d"}}</c>.</summary>
    internal void AddModelBudgets(string keyId, string name, in EntryFields fields)
    {
        foreach (var model in fields.Object("model_max_budget").Members)
        {
            var limit = new EntryFields(model.Value);
            var max = limit.Money("budget_limit") ?? limit.Money("max_budget");
            if (max is not null)
            {
                var window = limit.Text("time_period") ?? limit.Text("budget_duration") ?? "";
                _spend.Add(new SpendLimit(new Scope(ScopeKind.KeyModel, $"{keyId}/{model.Name}"), max, null, window, name) { Model = model.Name });
            }
        }
    }

    private void AddRates(Scope scope, string name, in EntryFields fields)
    {
        AddRate(scope, name, fields.Whole("rpm_limit"), fields.Whole("tpm_limit"), fields.Whole("max_parallel_requests"));
        var byModel = new SortedDictionary<string, (long? Requests, long? Tokens)>(StringComparer.Ordinal);

        // LiteLLM keeps them in the metadata.
        foreach (var place in (ReadOnlySpan<EntryFields>)[fields.Object("metadata"), fields])
        {
            foreach (var model in place.Object("model_rpm_limit").Members)
            {
                byModel[model.Name] = byModel.GetValueOrDefault(model.Name) with { Requests = Number(model.Value) };
            }
            foreach (var model in place.Object("model_tpm_limit").Members)
            {
                byModel[model.Name] = byModel.GetValueOrDefault(model.Name) with { Tokens = Number(model.Value) };
            }
        }
        foreach (var (model, limit) in byModel)
        {
            _rates.Add(new RateLimit(scope, limit.Requests, limit.Tokens, null, name) { Model = model });
        }
    }

    /// <summary>The rates of a budget that an entry refers to, where the entry has none itself.</summary>
    internal void AddRatesWhereSilent(Scope scope, string name, in EntryFields fields, in EntryFields budget) => AddRate(
        scope, name,
        fields.Whole("rpm_limit") is null ? budget.Whole("rpm_limit") : null,
        fields.Whole("tpm_limit") is null ? budget.Whole("tpm_limit") : null,
        fields.Whole("max_parallel_requests") is null ? budget.Whole("max_parallel_requests") : null);

    private void AddRate(Scope scope, string name, long? requests, long? tokens, long? parallel)
    {
        if (requests is not null || tokens is not null || parallel is not null)
        {
            _rates.Add(new RateLimit(scope, requests, tokens, parallel is { } calls ? (int)Math.Clamp(calls, 0, int.MaxValue) : null, name));
        }
    }

    private static long? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
