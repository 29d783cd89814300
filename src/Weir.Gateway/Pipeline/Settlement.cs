using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline;

/// <summary>Step 6: turns what was used into money, from the upstream's own numbers, else from a count that is marked as estimated.</summary>
internal static class Settlement
{
    /// <summary>True when the upstream told no usage, or not all of it, so that tokens must be counted: work for another thread.</summary>
    internal static bool HasToCount(GatewayCall call, ModelAnswer answer, bool broken = false) =>
        call.Surface.IsMedia ? call.Operation == Operation.Speech
        : !IsFree(call.Operation) && (broken || (answer.Stream is { } stream ? stream.Usage.IsEmpty : answer.Facts.Usage.IsEmpty));

    /// <summary>Settles an answer that came whole.</summary>
    internal static void Whole(GatewayCall call, ModelAnswer answer)
    {
        if (IsFree(call.Operation))
        {
            call.Record.CostKnown = true;
            return;
        }
        if (call.Surface.IsMedia)
        {
            MediaSettlement.Settle(call, answer, answer.Facts.Usage, answer.Facts.Media);
            return;
        }
        var usage = answer.Facts.Usage;
        if (usage.IsEmpty)
        {
            using var output = new OutputText();
            answer.Glance.KeepText(answer.Whole!.Memory.Span, output); // The caller knows that the answer is whole.
            usage = Estimate(call, answer, output);
        }
        Charge(call, answer, usage, answer.Facts.Tier);
    }

    /// <summary>Settles a stream by what it used until now.</summary>
    internal static void Stream(GatewayCall call, ModelAnswer answer, bool broken = false)
    {
        if (IsFree(call.Operation))
        {
            call.Record.CostKnown = true;
            return;
        }
        if (call.Surface.IsMedia)
        {
            MediaSettlement.Settle(call, answer, answer.Stream?.Usage ?? default, answer.Stream?.Media ?? default);
            return;
        }
        var stream = answer.Stream!; // The caller knows that the answer streams.
        var usage = stream.Usage.IsEmpty ? Estimate(call, answer, stream.Output) : stream.Usage;
        if (broken && !usage.Estimated)
        {
            // Some vendors tell the prompt at the start and the answer at the end: what came until the break was used all the same.
            var model = CountedAs(call, answer);
            var said = stream.Output.Count(text => TokenCounter.CountText(model, text).Tokens);
            if (said > usage.Completion)
            {
                usage = usage with { Completion = said, Total = usage.Prompt + said, Estimated = true };
            }
        }
        Charge(call, answer, usage, stream.Tier);
    }

    /// <summary>Operations in which no model works: what a stored response used was charged when it was made.</summary>
    private static bool IsFree(Operation operation) => operation is Operation.CountTokens or Operation.StoredResponse or Operation.File or Operation.Batch;

    private static string CountedAs(GatewayCall call, ModelAnswer answer) => call.Deployment?.Config.Info.BaseModel ?? answer.Model.Model;

    private static TokenUsage Estimate(GatewayCall call, ModelAnswer answer, OutputText output)
    {
        var model = CountedAs(call, answer);
        var usage = new TokenUsage
        {
            Prompt = PromptTokens.Count(call, model),
            Completion = output.Count(text => TokenCounter.CountText(model, text).Tokens),
            Estimated = true,
        };
        usage.Total = usage.Prompt + usage.Completion;
        return usage;
    }

    private static void Charge(GatewayCall call, ModelAnswer answer, in TokenUsage usage, ServiceTier tier)
    {
        var charge = CostMeter.Cost(answer.Model.Price, usage, tier);
        call.Record.Usage = usage;
        call.Record.Cost = charge.Cost;
        call.Record.CostKnown = charge.Known;
    }
}
