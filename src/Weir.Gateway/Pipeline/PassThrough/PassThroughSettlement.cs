using System.Globalization;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>Step 6 for what is passed through: the price of the file, else what the answer says of its use, else a cost that is flagged as not known.</summary>
internal static class PassThroughSettlement
{
    /// <summary>Whether tokens must be counted here: work for another thread.</summary>
    internal static bool HasToCount(PassThroughCall passed, ModelAnswer answer, bool broken) =>
        IsRead(passed, answer) && (broken || (answer.Passing is { } stream ? stream.Facts.Usage.IsEmpty : answer.Facts.Usage.IsEmpty));

    /// <summary>Settles the call by what it used until now.</summary>
    internal static void Settle(GatewayCall call, PassThroughCall passed, ModelAnswer answer, bool broken)
    {
        var record = call.Record;
        record.CostKnown = true;
        if (passed.Fault is not null || (int)answer.Response.StatusCode >= 300 || passed.Known.IsFree)
        {
            ChargeRequest(call, passed, free: passed.Fault is not null || (int)answer.Response.StatusCode >= 300);
            return;
        }
        var tier = answer.Passing?.Facts.Tier ?? answer.Facts.Tier;
        var usage = IsRead(passed, answer) ? UsageOf(call, passed, answer, broken) : UsageInHead(answer.Response);
        record.Usage = usage;
        if (ChargeRequest(call, passed, free: false))
        {
            return;
        }
        var charge = usage.IsEmpty ? new Charge(Money.Zero, ChargeFlags.PriceUnknown) : CostMeter.Cost(answer.Model.Price, usage, tier);
        record.Cost = charge.Cost;
        record.CostKnown = charge.Known && answer.Passing is not { IsBlind: true };
    }

    /// <summary>The file's price of a call; true when it has one.</summary>
    private static bool ChargeRequest(GatewayCall call, PassThroughCall passed, bool free)
    {
        if (free || passed.Route.Endpoint?.CostPerRequest is not { } dollars)
        {
            return false;
        }
        call.Record.Cost = Money.FromDollarsRoundedUp(dollars);
        return true;
    }

    private static bool IsRead(PassThroughCall passed, ModelAnswer answer) =>
        passed.Fault is null && passed.Known.Format is not null && (answer.Passing is not null || answer.Facts.IsJsonObject);

    private static TokenUsage UsageOf(GatewayCall call, PassThroughCall passed, ModelAnswer answer, bool broken)
    {
        var usage = answer.Passing?.Facts.Usage ?? answer.Facts.Usage;
        if (!broken && !usage.IsEmpty)
        {
            return usage;
        }
        var said = Said(passed, answer);
        if (usage.IsEmpty)
        {
            var prompt = PromptTokens.Count(call.Bytes, passed.Known.Operation, passed.Known.Format ?? WireFormat.OpenAIChat, passed.Model);
            return new TokenUsage { Prompt = prompt, Completion = said, Total = prompt + said, Estimated = true };
        }
        // Some vendors tell the prompt at the start and the answer at the end: what came until the break was used all the same.
        return said > usage.Completion ? usage with { Completion = said, Total = usage.Prompt + said, Estimated = true } : usage;
    }

    private static long Said(PassThroughCall passed, ModelAnswer answer)
    {
        if (answer.Passing is { } stream)
        {
            return stream.Output.Count(text => TokenCounter.CountText(passed.Model, text).Tokens);
        }
        using var output = new OutputText();
        answer.Glance.KeepText(answer.Told.Span, output);
        return output.Count(text => TokenCounter.CountText(passed.Model, text).Tokens);
    }

    /// <summary>Bedrock tells the tokens of any model's answer in its head (InvokeModel, response headers).</summary>
    private static TokenUsage UsageInHead(HttpResponseMessage response)
    {
        var (prompt, completion) = (Number("x-amzn-bedrock-input-token-count"), Number("x-amzn-bedrock-output-token-count"));
        return new TokenUsage { Prompt = prompt, Completion = completion, Total = prompt + completion };

        long Number(string name) => response.Headers.TryGetValues(name, out var values)
            && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
