using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Weir.CrossingBench;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

// Usage: dotnet run -c Release --project bench/crossing -- [seconds per figure]
// Every pair of dialects: the caller's request said to the upstream, the upstream's answer and stream said to the caller. One thread, no sockets.
double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.3;
const int Rounds = 5;
var samples = ChatDialects.All.Select(Samples.Of).ToList();
Console.WriteLine("medians, us of CPU                              per request of ~1 KB:                       per streamed delta:");
Console.WriteLine($"{"caller -> upstream",-42} {"request",8} {"answer",8} {"both",8} {"KB alloc",9} {"delta",12} {"B alloc",9}");
double worstRequest = 0;
double worstDelta = 0;
foreach (var caller in samples)
{
    foreach (var upstream in samples.Where(other => other != caller))
    {
        var context = new AnswerContext(caller.Dialect.ReadRequest(caller.RequestBytes), "9f3b1c2d4e5f60718293a4b5", 1_760_000_000);
        Judge(caller, upstream, context);
        var request = Measure(() =>
        {
            var body = new ArrayBufferWriter<byte>(1024);
            upstream.Dialect.WriteRequest(caller.Dialect.ReadRequest(caller.RequestBytes), body, new Dropped());
        });
        var answer = Measure(() =>
        {
            var body = new ArrayBufferWriter<byte>(upstream.AnswerBytes.Length + 512);
            caller.Dialect.WriteAnswer(upstream.Dialect.ReadAnswer(upstream.AnswerBytes), context, body);
        });
        var stream = Measure(() =>
        {
            var translator = new StreamTranslator(upstream.Dialect.NewReader(), caller.Dialect.NewWriter(context));
            for (var i = 0; i < upstream.Stream.Length - 1; i++)
            {
                translator.Translate(upstream.Stream[i]);
            }
            translator.Finish(upstream.Stream[^1], default);
        });
        var both = request.Micros + answer.Micros;
        var delta = stream.Micros / Samples.Deltas;
        (worstRequest, worstDelta) = (Math.Max(worstRequest, both), Math.Max(worstDelta, delta));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{$"{caller.Dialect.Format} -> {upstream.Dialect.Format}",-42} {request.Micros,8:0.0} {answer.Micros,8:0.0} {both,8:0.0} {(request.Bytes + answer.Bytes) / 1024,9:0.0} {delta,12:0.00} {stream.Bytes / Samples.Deltas,9:0}"));
    }
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"worst: {worstRequest:0.0} us per request (goal: at most 60), {worstDelta:0.00} us per delta (goal: a few)"));

// A figure of a stream that says nothing would be a good one: its last word has to come through.
static void Judge(Samples caller, Samples upstream, AnswerContext context)
{
    var translator = new StreamTranslator(upstream.Dialect.NewReader(), caller.Dialect.NewWriter(context));
    var said = upstream.Stream.SkipLast(1).Any(step => translator.Translate(step).Span.IndexOf($"word{Samples.Deltas - 1}".Select(letter => (byte)letter).ToArray()) >= 0);
    if (!said)
    {
        throw new InvalidOperationException($"The stream of {upstream.Dialect.Format} loses its words on the way to {caller.Dialect.Format}.");
    }
}

(double Micros, double Bytes) Measure(Action once)
{
    // Warm until hot code has been compiled for good.
    for (long until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency); Stopwatch.GetTimestamp() < until;)
    {
        once();
    }
    var micros = new double[Rounds];
    double bytes = 0;
    for (var round = 0; round < Rounds; round++)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Environment.CpuUsage.TotalTime;
        long until = Stopwatch.GetTimestamp() + (long)(seconds / Rounds * Stopwatch.Frequency);
        var times = 0;
        do
        {
            once();
            times++;
        }
        while (Stopwatch.GetTimestamp() < until);
        micros[round] = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / times;
        bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / times;
    }
    Array.Sort(micros);
    return (micros[Rounds / 2], bytes);
}
