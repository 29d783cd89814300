using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Spending;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>
/// Lists a caller's own files and batches. The list of an upstream holds everybody's, so it is made from the index; batches that still run are
/// asked for anew where they are.
/// </summary>
internal sealed class KeptList(KeptShelf shelf, KeptAttempt attempt, Spender spender, TimeProvider time)
{
    private const int MostAtOnce = 8;
    private const int UsualBatches = 20;
    private const int MostBatches = 100;
    private const int MostFiles = 10_000;

    /// <summary>Answers with one page, settles it and writes it down.</summary>
    /// <exception cref="GatewayException">The query is wrong.</exception>
    internal async ValueTask AnswerAsync(GatewayCall call, KeptRoute route)
    {
        var query = call.Http.Request.Query;
        var most = route.Kind == KeptKind.File ? MostFiles : MostBatches;
        var limit = LimitOf(query["limit"], route.Kind == KeptKind.File ? MostFiles : UsualBatches, most);
        var oldestFirst = query["order"].ToString() switch
        {
            "asc" => true,
            "" or "desc" => false,
            _ => throw Wrong("order", "'order' must be 'asc' or 'desc'."),
        };
        var page = new KeptPage(call.Caller?.Owner ?? "", route.Kind, query["after"].ToString() is { Length: > 0 } after ? after : null, limit + 1, oldestFirst);
        var found = await FindAsync(page, query["purpose"].ToString(), call.Http.RequestAborted);
        var hasMore = found.Count > limit;
        found = hasMore ? found[..limit] : found;
        if (route.Kind == KeptKind.Batch)
        {
            found = await RefreshAsync(call, route, found);
        }
        await WriteAsync(call, Told(found, hasMore));
    }

    /// <summary>One page, of one purpose when the query names one.</summary>
    private async ValueTask<List<KeptThing>> FindAsync(KeptPage page, string purpose, CancellationToken cancellationToken)
    {
        var found = new List<KeptThing>();
        while (true)
        {
            var things = await shelf.Index.ListAsync(page, cancellationToken);
            found.AddRange(things.Where(thing => purpose.Length == 0 || KeptFacts.Read(thing.Body.Span).Purpose == purpose));
            if (found.Count >= page.Limit || things.Count < page.Limit)
            {
                return found.Count > page.Limit ? found[..page.Limit] : found;
            }
            page = page with { After = things[^1].Id };
        }
    }

    /// <summary>Asks for batches that had not ended when they were seen last. One that its upstream has forgotten leaves the list.</summary>
    private async ValueTask<List<KeptThing>> RefreshAsync(GatewayCall call, KeptRoute route, List<KeptThing> things)
    {
        var fresh = new KeptThing?[things.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = call.Http.RequestAborted };
        await Parallel.ForAsync(0, things.Count, options, async (i, stop) =>
        {
            fresh[i] = KeptFacts.Read(things[i].Body.Span).HasEnded ? things[i] : await attempt.LookAsync(call, route with { Verb = KeptVerb.Get }, things[i], stop);
        });
        return [.. fresh.OfType<KeptThing>()];
    }

    private async ValueTask WriteAsync(GatewayCall call, ReadOnlyMemory<byte> body)
    {
        var record = call.Record;
        record.CostKnown = true;
        record.Outcome = RequestOutcome.Success;
        record.Status = StatusCodes.Status200OK;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        await spender.WriteAsync(call);
        call.Settled = true;
        var response = call.Http.Response;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers["x-litellm-call-id"] = record.CallId;
        await response.BodyWriter.WriteAsync(body, call.Http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Told(List<KeptThing> things, bool hasMore)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var thing in things)
            {
                json.WriteRawValue(thing.Body.Span);
            }
            json.WriteEndArray();
            json.WriteString("first_id"u8, things.Count > 0 ? things[0].Id : null);
            json.WriteString("last_id"u8, things.Count > 0 ? things[^1].Id : null);
            json.WriteBoolean("has_more"u8, hasMore);
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    private static int LimitOf(string? text, int usual, int most) => string.IsNullOrEmpty(text) ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most ? limit
        : throw Wrong("limit", $"'limit' must be a whole number from 1 to {most}.");

    private static GatewayException Wrong(string name, string message) => new(new GatewayError(ErrorKind.InvalidMember, message) { Param = name });
}
