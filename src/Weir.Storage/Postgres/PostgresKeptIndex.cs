using Npgsql;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Storage.Sqlite;

namespace Weir.Storage.Postgres;

/// <summary>The index of kept things in PostgreSQL.</summary>
internal sealed class PostgresKeptIndex(PostgresDatabase database) : IKeptIndex
{
    private readonly string _table = database.Name("kept_things");

    public async ValueTask PutAsync(KeptThing thing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(thing);
        await using var command = Command(
            $"INSERT INTO {_table} (owner, kind, id, body) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, kind, id) DO UPDATE SET body = excluded.body",
            thing.Owner, thing.Kind, thing.Id);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = thing.Body.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask RemoveAsync(string owner, KeptKind kind, string id, CancellationToken cancellationToken)
    {
        await using var command = Command($"DELETE FROM {_table} WHERE owner = $1 AND kind = $2 AND id = $3", owner, kind, id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<KeptThing>> ListAsync(KeptPage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        var (order, beyond) = page.OldestFirst ? ("ASC", ">") : ("DESC", "<");
        var after = page.After is null ? "" : $"AND seq {beyond} (SELECT seq FROM {_table} WHERE owner = $1 AND kind = $2 AND id = $3)";
        await using var command = Command(
            $"SELECT id, body FROM {_table} WHERE owner = $1 AND kind = $2 {after} ORDER BY seq {order} LIMIT {page.Limit}", page.Owner, page.Kind, page.After);
        var things = new List<KeptThing>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            things.Add(new KeptThing(page.Owner, page.Kind, reader.GetString(0)) { Body = reader.GetFieldValue<byte[]>(1) });
        }

        return things;
    }

    private NpgsqlCommand Command(string sql, string owner, KeptKind kind, string? id)
    {
        var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SqliteKeptIndex.NameOf(kind) });
        if (id is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        }

        return command;
    }
}
