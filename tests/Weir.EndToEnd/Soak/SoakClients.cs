using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Weir.EndToEnd.Cases;

namespace Weir.EndToEnd.Soak;

/// <summary>
/// Clients that ask without pause, streamed and not, each with a word of its own in the question that must come back in the answer. Some
/// go away at a random moment. Everything random comes from the seed.
/// </summary>
/// <param name="gateway">Root address.</param>
/// <param name="key">The key to send.</param>
/// <param name="models">Groups that answer with <c>GROUP: question</c>.</param>
/// <param name="seed">Seed.</param>
internal sealed class SoakClients(Uri gateway, string key, IReadOnlyList<string> models, int seed)
{
    private const int Clients = 12;

    private readonly ConcurrentQueue<SoakCall> _calls = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private int _started;
    private int _complete;

    /// <summary>Groups whose answers never end or come byte by byte; only clients that will go away ask them.</summary>
    public IReadOnlyList<string> Sluggish { get; init; } = [];

    /// <summary>Share of the calls whose client goes away.</summary>
    public double Aborts { get; init; }

    /// <summary>Calls that have ended.</summary>
    public IReadOnlyCollection<SoakCall> Calls => _calls;

    /// <summary>Calls begun so far.</summary>
    public int Started => Volatile.Read(ref _started);

    public IEnumerable<SoakCall> Of(SoakEnd end) => _calls.Where(call => call.End == end);

    /// <summary>Calls that ended in no way that was expected, a few of them.</summary>
    public IReadOnlyList<SoakCall> Except(params SoakEnd[] expected) => [.. _calls.Where(call => !expected.Contains(call.End)).Take(10)];

    /// <summary>Completes when so many whole answers have come.</summary>
    public Task CompleteAsync(int count, CancellationToken cancellationToken)
    {
        lock (_waiters)
        {
            if (_complete >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Asks until <paramref name="requests"/> were begun, or until <paramref name="stop"/>: what is begun is then still read to its end.</summary>
    public async Task RunAsync(int requests, CancellationToken stop, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => ClientAsync(client, requests, stop, cancellationToken), cancellationToken)));

    private async Task ClientAsync(int client, int requests, CancellationToken stop, CancellationToken cancellationToken)
    {
        var random = new Random(HashCode.Combine(seed, client, 17));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway, Timeout = SoakSize.Limit };
        while (!stop.IsCancellationRequested && Interlocked.Increment(ref _started) is var number && number <= requests)
        {
            var call = await AskAsync(http, random, number, cancellationToken);
            _calls.Enqueue(call);
            if (call.End == SoakEnd.Complete)
            {
                Completed();
            }
        }
    }

    private void Completed()
    {
        lock (_waiters)
        {
            _complete++;
            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Count == _complete))
            {
                reached.TrySetResult();
            }
        }
    }

    private async Task<SoakCall> AskAsync(HttpClient http, Random random, int number, CancellationToken cancellationToken)
    {
        var id = $"{_run}-{number}";
        var leaves = random.NextDouble() < Aborts;
        var model = leaves && Sluggish.Count > 0 && random.Next(3) == 0 ? Sluggish[random.Next(Sluggish.Count)] : models[random.Next(models.Count)];
        var question = id + string.Concat(Enumerable.Repeat(" word", random.Next(1, 40)));
        var moment = new Leaving(leaves, random, Sluggish.Contains(model));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        moment.Begin(limit);
        var body = new MemoryStream();
        int? status = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            request.Headers.Add("x-litellm-call-id", id);
            var streamed = random.Next(2) == 0 ? "true" : "false";
            request.Content = new StringContent(
                $$$"""{"model":"{{{model}}}","stream":{{{streamed}}},"messages":[{"role":"user","content":"{{{question}}}"}]}""", Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            await using var source = await response.Content.ReadAsStreamAsync(limit.Token);
            await CopyAsync(source, body, moment, limit.Token);
            var headers = response.Content.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));
            return Judge(id, model, number, question, new Reply(status.Value, headers, body.ToArray()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SoakCall(id, model, number, SoakEnd.Aborted, moment.ToString());
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // A client of a stream believes its end mark, whatever happens to the connection after it.
            var text = Encoding.UTF8.GetString(body.ToArray());
            return text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal)
                ? new SoakCall(id, model, number, SoakEnd.Complete, "cut after its end mark")
                : new SoakCall(id, model, number, SoakEnd.Cut, $"status {status}, {body.Length} bytes: {error.Message} {error.InnerException?.Message}");
        }
    }

    private static async Task CopyAsync(Stream source, MemoryStream body, Leaving moment, CancellationToken cancellationToken)
    {
        var buffer = new byte[2048];
        moment.Arrived(0);
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            body.Write(buffer, 0, read);
            moment.Arrived(body.Length);
        }
    }

    private static SoakCall Judge(string id, string model, int number, string question, Reply reply)
    {
        if (reply.Status != 200)
        {
            return new SoakCall(id, model, number, SoakEnd.Refused, $"{reply.Status}: {reply.Body}");
        }

        if (reply.Streamed && reply.End != StreamEnd.Done)
        {
            return new SoakCall(id, model, number, SoakEnd.Refused, reply.Body);
        }

        return reply.Text == $"{model}: {question}"
            ? new SoakCall(id, model, number, SoakEnd.Complete, "")
            : new SoakCall(id, model, number, SoakEnd.Wrong, $"{question} was answered with {reply.Body}");
    }
}
