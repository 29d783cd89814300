using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Config;

namespace Weir.Gateway.Admin.Keys;

/// <summary>What the configuration says of new keys: what they get when a request says nothing, and the most that they may get.</summary>
internal static class KeyBounds
{
    private static readonly string[] Amounts = ["max_budget", "soft_budget", "max_parallel_requests", "tpm_limit", "rpm_limit"];
    private static readonly string[] Spans = ["duration", "budget_duration"];

    /// <summary>
    /// The fields of a request with the defaults and the bounds. As in LiteLLM's code a number above its bound is refused, and one that is not
    /// said becomes the bound.
    /// </summary>
    internal static EntryFields Complete(AccessConfig config, EntryFields request)
    {
        var complete = new EntryDocument(request);
        foreach (var usual in Read(config.KeyDefaults).Members)
        {
            if (!complete.Has(usual.Name))
            {
                complete.Set(usual.Name, usual.Value);
            }
        }
        var bounds = Read(config.KeyBounds);
        foreach (var name in Amounts)
        {
            if (bounds.Find(name) is { ValueKind: JsonValueKind.Number } bound)
            {
                Bound(complete, name, bound, static (value, most) => value.TryGetDecimal(out var number) && number <= most.GetDecimal());
            }
        }
        foreach (var name in Spans)
        {
            if (bounds.Find(name) is { ValueKind: JsonValueKind.String } bound)
            {
                Bound(complete, name, bound, static (value, most) => value.ValueKind == JsonValueKind.String && Durations.DaysOf(value.GetString() ?? "") <= Durations.DaysOf(most.GetString() ?? ""));
            }
        }
        return complete.Fields;
    }

    private static void Bound(EntryDocument document, string name, JsonElement bound, Func<JsonElement, JsonElement, bool> fits)
    {
        if (document.Fields.Find(name) is not { } value)
        {
            document.Set(name, bound);
        }
        else if (!fits(value, bound))
        {
            throw AdminErrors.Bad($"{name} is over max limit set in config - user_value={value}; max_value={bound}", name);
        }
    }

    private static EntryFields Read(ReadOnlyMemory<byte> json) => json.IsEmpty ? default : new EntryFields(JsonElement.Parse(json.Span));
}
