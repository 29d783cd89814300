using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline;

/// <summary>Step 6 for images, sounds, judgements and rankings, which are sold in units of their own.</summary>
internal static class MediaSettlement
{
    internal static void Settle(GatewayCall call, ModelAnswer answer, TokenUsage usage, in MediaUse use)
    {
        if (usage is { Prompt: 0, Completion: 0, Total: > 0 })
        {
            // Rerankers tell the sum alone, and all they read is input.
            usage.Prompt = usage.Total;
        }
        var charge = call.Operation switch
        {
            Operation.ImageGeneration or Operation.ImageEdit => Images(call, answer, ref usage, use),
            Operation.Speech => Speech(call, answer, ref usage),
            Operation.Transcription or Operation.Translation => MediaMeter.Transcription(answer.Model.Price, usage, use),
            Operation.Rerank => MediaMeter.Rerank(answer.Model.Price, usage, use),
            _ => Moderation(call, answer, usage),
        };
        call.Record.Usage = usage;
        call.Record.Cost = charge.Cost;
        call.Record.CostKnown = charge.Known;
    }

    /// <summary>What the answer says of its images wins over what was asked.</summary>
    private static Charge Images(GatewayCall call, ModelAnswer answer, ref TokenUsage usage, in MediaUse use)
    {
        if (usage is { Completion: > 0, ImageCompletion: 0 })
        {
            // An image model that tells no kinds of token makes nothing but images.
            usage.ImageCompletion = usage.Completion;
        }
        var body = call.Bytes.Span;
        var size = use.Size ?? call.View.Text(body, RequestMember.Size);
        var price = answer.Deployment.ImagePriceOf(answer.Model, size, use.Quality ?? call.View.Text(body, RequestMember.Quality));
        return MediaMeter.Images(price, usage, use with { Size = size is "auto" ? null : size });
    }

    private static Charge Speech(GatewayCall call, ModelAnswer answer, ref TokenUsage usage)
    {
        var text = call.View.Text(call.Bytes.Span, RequestMember.Input) ?? "";
        if (usage.IsEmpty && answer.Model.Price?.InputPerToken is > 0)
        {
            var count = TokenCounter.CountText(answer.Model.Model, text).Tokens;
            usage = new TokenUsage { Prompt = count, Total = count, Estimated = true };
        }
        if (usage is { Completion: > 0, AudioCompletion: 0 })
        {
            usage.AudioCompletion = usage.Completion;
        }
        var characters = 0L;
        foreach (var _ in text.EnumerateRunes())
        {
            characters++;
        }
        return MediaMeter.Speech(answer.Model.Price, usage, characters);
    }

    /// <summary>OpenAI's moderation costs nothing and stands in no price list; others sell theirs by the token.</summary>
    private static Charge Moderation(GatewayCall call, ModelAnswer answer, in TokenUsage usage) =>
        answer.Model.Price is null && answer.Deployment.Provider.Name == "openai" && (answer.Deployment.Config.ApiBase is null or { Host: "api.openai.com" })
            ? new Charge(Money.Zero, ChargeFlags.None)
            : answer.Model.Price is { IsFree: true } || !usage.IsEmpty ? CostMeter.Cost(answer.Model.Price, usage)
            : new Charge(Money.Zero, ChargeFlags.PriceUnknown);
}
