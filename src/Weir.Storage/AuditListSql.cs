using System.Text;
using Weir.Gateway.Audit;

namespace Weir.Storage;

/// <summary>The statement of a page of audit rows, the same in every database but for the names of parameters.</summary>
internal static class AuditListSql
{
    /// <summary>The statement.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="columns">What is read.</param>
    /// <param name="log">The audit's table.</param>
    /// <param name="ledger">The ledger's table.</param>
    /// <param name="parameter">Adds a value and says what its parameter is called.</param>
    /// <param name="limit">What the page's size is called.</param>
    public static string Of(AuditQuery query, string columns, string log, string ledger, Func<object, string> parameter, string limit)
    {
        var sql = new StringBuilder("SELECT ").Append(columns).Append(" FROM ").Append(log).Append(" WHERE 1 = 1");
        if (query.Beyond is { } beyond)
        {
            var order = query.OldestFirst ? ">" : "<";
            sql.Append($" AND (at, chain, seq) {order} ({parameter(beyond.AtMicros)}, {parameter(beyond.Chain)}, {parameter(beyond.Seq)})");
        }
        if (query.From is { } from)
        {
            sql.Append($" AND at >= {parameter(DirectoryTime.Micros(from))}");
        }
        if (query.To is { } to)
        {
            sql.Append($" AND at < {parameter(DirectoryTime.Micros(to))}");
        }
        if (query.Kind is { } kind)
        {
            sql.Append($" AND kind = {parameter(AuditNames.Of(kind))}");
        }
        if (query.CallId is { } call)
        {
            // Events by their index; the call itself by the time at which the ledger has it.
            var name = parameter(call);
            sql.Append($" AND call_id = {name} AND (kind <> 'model_call' OR at IN (SELECT started_at FROM {ledger} WHERE call_id = {name}))");
        }
        var direction = query.OldestFirst ? "" : " DESC";
        return sql.Append($" ORDER BY at{direction}, chain{direction}, seq{direction} LIMIT {limit}").ToString();
    }
}
