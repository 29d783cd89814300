using System.Net;
using System.Text;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Streaming;

/// <summary>What came out of one stream, from the first byte to its end.</summary>
internal sealed record Relayed(string Forwarded, string Terminal, StreamStepKind End, UpstreamFault? Fault, bool Opened, TokenUsage Usage, ServiceTier Tier, string Output)
{
    internal static readonly StreamRules PassAll = new(StreamCaps.Default, WithholdUsage: false, StripPromptFilter: false);
    internal static readonly StreamRules Withhold = PassAll with { WithholdUsage = true };
    internal static readonly FaultContext Faults = new("openai", TimeProvider.System, []);

    internal static Relayed Whole(string stream, StreamRules? rules = null) => Run(Encoding.UTF8.GetBytes(stream), rules ?? PassAll, () => int.MaxValue);

    internal static Relayed Run(byte[] stream, StreamRules rules, Func<int> nextCut, Exception? end = null)
    {
        var forwarded = new MemoryStream();
        using var open = Open(stream, rules, nextCut, end);
        if (Now(open.OpenAsync(CancellationToken.None)) is { } fault)
        {
            return new Relayed("", "", StreamStepKind.Broken, fault, false, open.Usage, open.Tier, Text(open));
        }
        while (true)
        {
            var step = Now(open.NextAsync(CancellationToken.None));
            if (step.Kind != StreamStepKind.Forward)
            {
                return new Relayed(Encoding.UTF8.GetString(forwarded.ToArray()), Encoding.UTF8.GetString(step.Bytes.Span), step.Kind, step.Fault, true,
                    open.Usage, open.Tier, Text(open));
            }
            forwarded.Write(step.Bytes.Span);
        }
    }

    internal static UpstreamStream Open(byte[] stream, StreamRules rules, Func<int> nextCut, Exception? end = null)
    {
        var source = new CutStream(stream, nextCut, end);
        return new UpstreamStream(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(source) }, source, rules, Faults, OpenAIChatGlance.Instance);
    }

    /// <summary>The result of a task that the stream in memory completes at once.</summary>
    internal static T Now<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("A stream in memory never waits.");

    private static string Text(UpstreamStream stream)
    {
        var text = "";
        stream.Output.Count(t =>
        {
            text = t;
            return 0;
        });
        return text;
    }
}
