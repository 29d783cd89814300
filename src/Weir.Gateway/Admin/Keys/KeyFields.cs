using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Keys;

/// <summary>The fields of a key that requests may set, and how they are kept.</summary>
internal static class KeyFields
{
    /// <summary>Every field of <c>/key/generate</c> and <c>/key/update</c> that is kept.</summary>
    internal static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>
    {
        ["key_alias"] = FieldType.Text, ["models"] = FieldType.Texts, ["aliases"] = FieldType.Map, ["max_budget"] = FieldType.Number,
        ["soft_budget"] = FieldType.Number, ["budget_duration"] = FieldType.Duration, ["budget_limits"] = FieldType.List, ["budget_id"] = FieldType.Text,
        ["user_id"] = FieldType.Text, ["team_id"] = FieldType.Text, ["organization_id"] = FieldType.Text, ["project_id"] = FieldType.Text,
        ["agent_id"] = FieldType.Text, ["max_parallel_requests"] = FieldType.Whole, ["tpm_limit"] = FieldType.Whole, ["rpm_limit"] = FieldType.Whole,
        ["model_max_budget"] = FieldType.Map, ["budget_fallbacks"] = FieldType.Map, ["metadata"] = FieldType.Map, ["permissions"] = FieldType.Map,
        ["allowed_routes"] = FieldType.Texts, ["blocked"] = FieldType.Flag, ["router_settings"] = FieldType.Map, ["object_permission"] = FieldType.Map,
        ["access_group_ids"] = FieldType.Texts, ["key_type"] = FieldType.Text, ["auto_rotate"] = FieldType.Flag, ["rotation_interval"] = FieldType.Text,
        ["config"] = FieldType.Map, ["allowed_cache_controls"] = FieldType.List, ["allowed_vector_store_indexes"] = FieldType.List,
        ["model_rpm_limit"] = FieldType.Map, ["model_tpm_limit"] = FieldType.Map, ["rpm_limit_type"] = FieldType.Text, ["tpm_limit_type"] = FieldType.Text,
        ["tags"] = FieldType.Texts, ["guardrails"] = FieldType.Texts, ["policies"] = FieldType.Texts, ["prompts"] = FieldType.Texts,
        ["enforced_params"] = FieldType.Texts, ["allowed_passthrough_routes"] = FieldType.List, ["disable_global_guardrails"] = FieldType.Flag,
        ["mcp_rpm_limit"] = FieldType.Map, ["tag_rpm_limit"] = FieldType.Map, ["temp_budget_increase"] = FieldType.Number, ["temp_budget_expiry"] = FieldType.Text,
        ["default_estimated_output_tokens"] = FieldType.Whole, ["default_estimated_output_tokens_per_model"] = FieldType.Map,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Those that LiteLLM keeps inside the metadata; so do we, that its keys can be taken over as they are.</summary>
    private static readonly FrozenSet<string> InMetadata = new[]
    {
        "model_rpm_limit", "model_tpm_limit", "rpm_limit_type", "tpm_limit_type", "tags", "guardrails", "policies", "prompts", "enforced_params",
        "allowed_passthrough_routes", "disable_global_guardrails", "mcp_rpm_limit", "tag_rpm_limit", "temp_budget_increase", "temp_budget_expiry",
        "default_estimated_output_tokens", "default_estimated_output_tokens_per_model",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Those that restrict a key in a way that this build does not enforce: taken, they would promise what is not kept.</summary>
    private static readonly string[] Unenforced =
        ["guardrails", "policies", "enforced_params", "object_permission", "allowed_cache_controls", "allowed_vector_store_indexes", "mcp_rpm_limit", "tag_rpm_limit"];

    /// <summary>What a key looks like in answers.</summary>
    internal static readonly Shape Shape = new("""
        {"key_name":null,"key_alias":null,"expires":null,"models":[],"aliases":{},"config":{},"router_settings":{},"user_id":null,"team_id":null,"agent_id":null,
         "project_id":null,"permissions":{},"max_parallel_requests":null,"metadata":{},"blocked":null,"tpm_limit":null,"rpm_limit":null,"max_budget":null,
         "soft_budget":null,"budget_duration":null,"budget_limits":null,"allowed_cache_controls":[],"allowed_routes":[],"model_max_budget":{},"budget_id":null,
         "organization_id":null,"object_permission":null,"access_group_ids":[],"created_at":null,"created_by":null,"updated_at":null,"updated_by":null,
         "auto_rotate":false,"rotation_interval":null,"litellm_budget_table":null}
        """);

    /// <summary>Writes what a request says into a key's document. Null takes a field back.</summary>
    internal static void Apply(EntryDocument document, IReadOnlyList<(string Name, JsonElement Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (Unenforced.Contains(name, StringComparer.Ordinal) && Says(value))
            {
                throw AdminErrors.Bad($"'{name}' is not enforced by this build, so a key can't be given it: it would promise what is not kept.", name);
            }
        }
        // The whole metadata first, so that a field that lives in it is not lost under it.
        foreach (var (name, value) in fields.OrderBy(static field => field.Name == "metadata" ? 0 : 1))
        {
            switch (name)
            {
                case "key_type":
                    SetType(document, value);
                    break;
                case "key_alias" when value.ValueKind == JsonValueKind.String && value.GetString() is { Length: 0 }:
                    document.Set(name, JsonValues.Null);
                    break;
                case "budget_limits":
                    RequireWindows(value);
                    document.Set(name, value);
                    break;
                case "model_max_budget":
                    RequireModelBudgets(value);
                    document.Set(name, value);
                    break;
                case "temp_budget_expiry":
                    RequireTime(name, value);
                    document.SetBelow("metadata", name, value);
                    break;
                case "max_budget" or "soft_budget" when value.ValueKind == JsonValueKind.Number && value.GetDouble() < 0:
                    throw AdminErrors.Bad($"{name} cannot be negative. Received: {value.GetRawText()}", name);
                default:
                    if (InMetadata.Contains(name))
                    {
                        document.SetBelow("metadata", name, value);
                    }
                    else
                    {
                        document.Set(name, value);
                    }
                    break;
            }
        }
    }

    /// <summary>Windows of a budget: <c>[{"budget_duration":"1d","max_budget":5}]</c>.</summary>
    internal static void RequireWindows(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }
        foreach (var window in value.EnumerateArray())
        {
            if (window.ValueKind != JsonValueKind.Object || new EntryFields(window).Find("max_budget") is not { ValueKind: JsonValueKind.Number }
                || !Durations.IsOne(new EntryFields(window).Text("budget_duration") ?? ""))
            {
                throw new FieldsException(new FieldProblem("value_error", "body", "budget_limits", "Each window needs a 'budget_duration' such as 1d and a 'max_budget'", window));
            }
        }
    }

    /// <summary>Budgets of single models.</summary>
    internal static void RequireModelBudgets(JsonElement value)
    {
        foreach (var model in new EntryFields(value).Members)
        {
            var limit = new EntryFields(model.Value);
            var amount = limit.Find("budget_limit") ?? limit.Find("max_budget");
            var window = limit.Text("time_period") ?? limit.Text("budget_duration");
            if (amount is not { ValueKind: JsonValueKind.Number } || (window is not null && !Durations.IsOne(window)))
            {
                throw new FieldsException(new FieldProblem("value_error", "body", "model_max_budget", $"'{model.Name}' needs a 'budget_limit' and a 'time_period' such as 1d", model.Value));
            }
        }
    }

    private static void RequireTime(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && new EntryFields(JsonValues.Of(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("t");
            value.WriteTo(json);
            json.WriteEndObject();
        })).Time("t") is null)
        {
            throw new FieldsException(new FieldProblem("datetime_parsing", "body", name, "Input should be a valid datetime", value));
        }
    }

    private static void SetType(EntryDocument document, JsonElement value)
    {
        string[]? routes = value.ValueKind == JsonValueKind.Null ? null : value.GetString() switch
        {
            "default" => null,
            "llm_api" => ["llm_api_routes"],
            "management" => ["management_routes"],
            "read_only" => ["info_routes"],
            _ => throw new FieldsException(new FieldProblem("enum", "body", "key_type", "Input should be 'llm_api', 'management', 'read_only' or 'default'", value)),
        };
        if (routes is not null)
        {
            document.Set("allowed_routes", JsonValues.Of(routes));
        }
        document.Set("key_type", value);
    }

    private static bool Says(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(static member => Says(member.Value)),
        _ => true,
    };
}
