using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Config;

namespace Weir.Gateway.Admin;

/// <summary>One request of the management API.</summary>
/// <param name="Http">The exchange.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Config">The configuration in force.</param>
/// <param name="Body">A JSON object; empty when there is no body.</param>
internal sealed record AdminCall(HttpContext Http, Caller Caller, AccessConfig Config, JsonElement Body)
{
    /// <summary>Ends with the client.</summary>
    internal CancellationToken Aborted => Http.RequestAborted;

    /// <summary>May do everything.</summary>
    internal bool IsAdmin => Caller.Role == CallerRole.ProxyAdmin;

    /// <summary>May look at everything.</summary>
    internal bool SeesAll => Caller.Role is CallerRole.ProxyAdmin or CallerRole.ProxyAdminViewer;

    /// <summary>Who did it, as <c>created_by</c> says it.</summary>
    internal string Actor => Http.Request.Headers["LiteLLM-Changed-By"].ToString() is { Length: > 0 and <= 256 } told && IsAdmin ? told
        : Caller.UserId ?? (Caller.IsAdmin ? "default_user_id" : Caller.KeyName);

    /// <summary>The body's members.</summary>
    internal EntryFields Fields => new(Body);

    /// <summary>Only administrators go on.</summary>
    internal void RequireAdmin()
    {
        if (!IsAdmin)
        {
            throw AdminErrors.AdminsOnly(this);
        }
    }

    /// <summary>Only those who may look at everything go on.</summary>
    internal void RequireSeesAll()
    {
        if (!SeesAll)
        {
            throw AdminErrors.AdminsOnly(this);
        }
    }

    /// <summary>A word of the query; null for none.</summary>
    internal string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A word of the path.</summary>
    internal string Path(string name) => Http.GetRouteValue(name) as string ?? "";

    /// <summary>A whole number of the query, within bounds.</summary>
    internal int Number(string name, int usual, int least, int most)
    {
        if (Query(name) is not { } text)
        {
            return usual;
        }
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number >= least && number <= most ? number
                : throw new FieldsException(new FieldProblem(number < least ? "greater_than_equal" : "less_than_equal", "query", name,
                    FormattableString.Invariant($"Input should be {(number < least ? $"greater than or equal to {least}" : $"less than or equal to {most}")}"), JsonValues.Of(text)))
            : throw new FieldsException(new FieldProblem("int_parsing", "query", name, "Input should be a valid integer, unable to parse string as an integer", JsonValues.Of(text)));
    }

    /// <summary>A text of the query that has to be there.</summary>
    internal string RequiredQuery(string name) => Query(name) ?? throw new FieldsException(FieldProblem.Missing(name, "query"));

    /// <summary>A text of the body that has to be there.</summary>
    internal string Required(string name) => Fields.Find(name) is not { } value ? throw new FieldsException(FieldProblem.Missing(name))
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text
        : throw new FieldsException(new FieldProblem("string_type", "body", name, "Input should be a valid string", value));

    /// <summary>A list of texts of the body that has to be there.</summary>
    internal IReadOnlyList<string> RequiredTexts(string name) => Fields.Find(name) is not { } value ? throw new FieldsException(FieldProblem.Missing(name))
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String) ? Fields.Texts(name)
        : throw new FieldsException(new FieldProblem("list_type", "body", name, "Input should be a valid list of strings", value));

    /// <summary>
    /// The members of the body that are fields of a thing, each in its type; null is kept. Others are passed over, as LiteLLM does.
    /// </summary>
    /// <exception cref="FieldsException">Some are wrong.</exception>
    internal List<(string Name, JsonElement Value)> Read(IReadOnlyDictionary<string, FieldType> types)
    {
        var (read, problems) = (new List<(string, JsonElement)>(), new List<FieldProblem>());
        if (Body.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in Body.EnumerateObject())
            {
                if (types.TryGetValue(member.Name, out var type))
                {
                    read.Add((member.Name, FieldTypes.Read(member.Name, type, member.Value, problems)));
                }
            }
        }
        return problems.Count == 0 ? read : throw new FieldsException(problems);
    }
}
