using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Admin.Keys;

namespace Weir.Gateway.Admin.Teams;

/// <summary>The fields of a team that requests may set.</summary>
internal static class TeamFields
{
    internal static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>
    {
        ["team_alias"] = FieldType.Text, ["organization_id"] = FieldType.Text, ["metadata"] = FieldType.Map, ["max_budget"] = FieldType.Number,
        ["soft_budget"] = FieldType.Number, ["budget_duration"] = FieldType.Duration, ["budget_limits"] = FieldType.List, ["tpm_limit"] = FieldType.Whole,
        ["rpm_limit"] = FieldType.Whole, ["model_tpm_limit"] = FieldType.Map, ["model_rpm_limit"] = FieldType.Map, ["max_parallel_requests"] = FieldType.Whole,
        ["models"] = FieldType.Texts, ["model_aliases"] = FieldType.Map, ["blocked"] = FieldType.Flag, ["guardrails"] = FieldType.Texts, ["policies"] = FieldType.Texts,
        ["object_permission"] = FieldType.Map, ["team_member_permissions"] = FieldType.Texts, ["router_settings"] = FieldType.Map, ["tags"] = FieldType.Texts,
        ["access_group_ids"] = FieldType.Texts, ["model_max_budget"] = FieldType.Map, ["allowed_passthrough_routes"] = FieldType.List,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a team's members get, kept as a budget that the team refers to.</summary>
    internal static readonly FrozenDictionary<string, FieldType> OfMembers = new Dictionary<string, FieldType>
    {
        ["team_member_budget"] = FieldType.Number, ["team_member_budget_duration"] = FieldType.Duration,
        ["team_member_tpm_limit"] = FieldType.Whole, ["team_member_rpm_limit"] = FieldType.Whole,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static readonly Shape Shape = new("""
        {"team_alias":null,"team_id":null,"organization_id":null,"admins":[],"members":[],"members_with_roles":[],"team_member_permissions":[],"metadata":{},
         "tpm_limit":null,"rpm_limit":null,"max_budget":null,"soft_budget":null,"budget_duration":null,"budget_limits":null,"models":[],"blocked":false,
         "router_settings":null,"max_parallel_requests":null,"budget_reset_at":null,"model_id":null,"model_aliases":{},"object_permission":null,
         "access_group_ids":[],"created_at":null,"updated_at":null}
        """);

    /// <summary>Writes what a request says into a team's document, by the rules of keys.</summary>
    internal static void Apply(EntryDocument document, IReadOnlyList<(string Name, JsonElement Value)> fields) => KeyFields.Apply(document, [.. fields.Where(static field => Types.ContainsKey(field.Name))]);

    /// <summary>The budget fields among what is said of members.</summary>
    internal static List<(string Name, JsonElement Value)> MemberBudget(IReadOnlyList<(string Name, JsonElement Value)> fields) =>
    [
        .. fields.Where(static field => field.Value.ValueKind != JsonValueKind.Null).Select(static field => (field.Name switch
        {
            "team_member_budget" => "max_budget",
            "team_member_budget_duration" => "budget_duration",
            "team_member_tpm_limit" => "tpm_limit",
            _ => "rpm_limit",
        }, field.Value)),
    ];
}
