using Microsoft.Data.Sqlite;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Storage.Sqlite;

/// <summary>The index of kept things in the SQLite file. A cold path: each call opens what it needs and leaves the caller's thread.</summary>
internal sealed class SqliteKeptIndex(SqliteDatabase database) : IKeptIndex
{
    public async ValueTask PutAsync(KeptThing thing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(thing);
        await WriteAsync(
            "INSERT INTO kept_things (owner, kind, id, body) VALUES ($owner, $kind, $id, $body) ON CONFLICT (owner, kind, id) DO UPDATE SET body = excluded.body",
            thing.Owner, thing.Kind, thing.Id, thing.Body.ToArray(), cancellationToken);
    }

    public async ValueTask RemoveAsync(string owner, KeptKind kind, string id, CancellationToken cancellationToken) =>
        await WriteAsync("DELETE FROM kept_things WHERE owner = $owner AND kind = $kind AND id = $id", owner, kind, id, null, cancellationToken);

    public async ValueTask<IReadOnlyList<KeptThing>> ListAsync(KeptPage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        return await Task.Run(() => Read(page), cancellationToken);
    }

    private List<KeptThing> Read(KeptPage page)
    {
        var (order, beyond) = page.OldestFirst ? ("ASC", ">") : ("DESC", "<");
        using var connection = database.OpenForReading();
        using var command = connection.CreateCommand();
        var after = page.After is null ? "" : $"AND seq {beyond} (SELECT seq FROM kept_things WHERE owner = $owner AND kind = $kind AND id = $after)";
        command.CommandText = $"SELECT id, body FROM kept_things WHERE owner = $owner AND kind = $kind {after} ORDER BY seq {order} LIMIT $limit";
        command.Parameters.AddWithValue("$owner", page.Owner);
        command.Parameters.AddWithValue("$kind", NameOf(page.Kind));
        command.Parameters.AddWithValue("$limit", page.Limit);
        if (page.After is not null)
        {
            command.Parameters.AddWithValue("$after", page.After);
        }

        var things = new List<KeptThing>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            things.Add(new KeptThing(page.Owner, page.Kind, reader.GetString(0)) { Body = reader.GetFieldValue<byte[]>(1) });
        }

        return things;
    }

    private Task WriteAsync(string sql, string owner, KeptKind kind, string id, byte[]? body, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = database.OpenForWriting();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$owner", owner);
            command.Parameters.AddWithValue("$kind", NameOf(kind));
            command.Parameters.AddWithValue("$id", id);
            if (body is not null)
            {
                command.Parameters.AddWithValue("$body", body);
            }

            command.ExecuteNonQuery();
        },
        cancellationToken);

    internal static string NameOf(KeptKind kind) => kind switch
    {
        KeptKind.Response => "response",
        KeptKind.File => "file",
        KeptKind.Batch => "batch",
        KeptKind.Conversation => "conversation",
        KeptKind.Upload => "upload",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a stored name"),
    };
}
