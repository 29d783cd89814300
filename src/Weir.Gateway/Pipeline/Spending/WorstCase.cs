using Weir.Gateway.Pipeline.PassThrough;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>The most that one attempt can cost.</summary>
/// <param name="Nanos">Nano-dollars; meaningless when <paramref name="Unknown"/> says why there is no bound.</param>
/// <param name="Unknown">Why it can't be bounded, for the caller; null when it can.</param>
/// <param name="Prompt">Input tokens at most.</param>
/// <param name="OpenEnded">The request itself sets no limit to its answer.</param>
internal readonly record struct WorstCase(long Nanos, string? Unknown, long Prompt, bool OpenEnded)
{
    // No call has more; it keeps every product far inside 128 bits.
    private const long MostTokens = 1_000_000_000_000;
    private const long TokensPerImage = 16_384;
    private const long TokensPerCharacterSpoken = 10;

    // No codec that is taken carries speech in fewer bytes.
    private const long LeastBytesPerSecond = 500;
    private const long TokensPerSecondHeard = 50;

    /// <summary>The bound of <paramref name="call"/> at <paramref name="deployment"/>, from its size in bytes, or from <paramref name="counted"/> tokens of input.</summary>
    internal static WorstCase Of(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, long? counted = null)
    {
        if (call.PassThrough is { } passed)
        {
            return PassedOn(passed);
        }
        if (call.Operation == Operation.Realtime)
        {
            return Refused("nobody can say beforehand what a realtime session costs, and a budget applies. Sessions need a key without a hard budget.");
        }
        if (call.Surface.Kept is not null || call.Operation is Operation.CountTokens or Operation.StoredResponse or Operation.File or Operation.Batch || model.Price is { IsFree: true })
        {
            return default;
        }
        if (call.Operation == Operation.Moderation && model.Price is null && deployment.Provider.Name == "openai")
        {
            return default;
        }
        if (model.Price is null)
        {
            return Refused($"no price is known for '{model.Model}' of {deployment.Provider.Name}, and a budget applies. An administrator can write input_cost_per_token and output_cost_per_token into the model's litellm_params.");
        }
        return call.Operation switch
        {
            Operation.ImageGeneration or Operation.ImageEdit => Images(call, deployment, model),
            Operation.Speech => Speech(call, model),
            Operation.Transcription or Operation.Translation => Transcription(call, model),
            Operation.Rerank => Rerank(call, model),
            _ => Tokens(call, deployment, model, counted),
        };
    }

    /// <summary>Bytes that go on as they are may ask for anything that the account can do: only what costs nothing, or has a price of its own, has a bound.</summary>
    private static WorstCase PassedOn(PassThroughCall passed) =>
        passed.Known.IsFree ? default
        : passed.Route.Endpoint?.CostPerRequest is { } dollars ? new WorstCase(Money.FromDollarsRoundedUp(dollars).Nanos, null, 0, false)
        : Refused("the cost of a call that is passed through has no bound, and a budget applies. Call the model under Weir's own routes, or let an administrator set cost_per_request of the endpoint.");

    private static WorstCase Tokens(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, long? counted)
    {
        var window = deployment.Config.Info.MaxInputTokens ?? model.Price?.Facts.MaxInputTokens;
        var prompt = counted ?? TokenCounter.UpperBound(call.Bytes.Length + DefaultsOf(deployment));
        if (InputElsewhere.IsIn(call))
        {
            if (window is null)
            {
                return Refused($"the request refers to input that is not in it (an address, a file, an earlier response), and the context window of '{model.Model}' is not known, so that its cost has no bound. An administrator can set model_info.max_input_tokens.");
            }
            prompt = Math.Max(prompt, window.Value);
        }
        // What is longer than the window is refused by the upstream and costs nothing.
        prompt = Math.Min(prompt, window ?? long.MaxValue);
        if (call.Operation == Operation.Embedding || call.Operation == Operation.Moderation)
        {
            return Bound(model.Price, prompt, 0, call, false);
        }
        var asked = AnswerLimit.Of(call) ?? call.Clamped?.Tokens;
        var most = asked ?? AnswerLimit.OfDefaults(deployment) ?? deployment.Config.Info.MaxOutputTokens ?? model.Price?.Facts.MaxTokens;
        if (most is not { } tokens)
        {
            return Refused($"the request sets no limit to its answer (max_tokens), and the longest answer of '{model.Model}' is not known, so that its cost has no bound. Send max_tokens, or let an administrator set model_info.max_output_tokens.")
                with { OpenEnded = true, Prompt = prompt };
        }
        var answers = AnswerLimit.Answers(call);
        return Bound(model.Price, prompt, tokens > MostTokens / answers ? MostTokens : tokens * answers, call, asked is null);
    }

    private static WorstCase Bound(ModelPrice? price, long prompt, long completion, GatewayCall call, bool openEnded) =>
        WorstCost.Of(price, prompt, completion, AnyTier(call)) is { } cost
            ? new WorstCase(cost.Nanos, null, prompt, openEnded)
            : Refused("the price list does not say what such a call of this model costs, and a budget applies. An administrator can write its prices into the model's litellm_params.");

    /// <summary>A request that names no tier gets the ordinary one; any other word may be served, and charged, as the dearest.</summary>
    internal static bool AnyTier(GatewayCall call) =>
        call.View.Has(RequestMember.ServiceTier) && call.View.Text(call.Bytes.Span, RequestMember.ServiceTier) is not (null or "default" or "standard_only");

    private static WorstCase Images(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model)
    {
        var body = call.Bytes.Span;
        var images = AnswerLimit.Answers(call);
        var (size, quality) = (call.View.Text(body, RequestMember.Size), call.View.Text(body, RequestMember.Quality));
        var use = new MediaUse { Images = images, Size = size is "auto" ? null : size, Quality = quality };
        var each = MediaMeter.Images(deployment.ImagePriceOf(model, size, quality), default, use);
        var tokens = WorstCost.Of(model.Price, UploadBytes(call) + body.Length, images * TokensPerImage, AnyTier(call));
        var known = each.Known ? Math.Max(each.Cost.Nanos, tokens?.Nanos ?? 0) : tokens?.Nanos;
        return known is { } nanos ? new WorstCase(nanos, null, 0, false) : NoUnit(model);
    }

    private static WorstCase Speech(GatewayCall call, UpstreamModel model)
    {
        var characters = (long)call.Bytes.Length;
        var each = MediaMeter.Speech(model.Price, default, characters);
        return each.Known ? new WorstCase(each.Cost.Nanos, null, 0, false)
            : WorstCost.Of(model.Price, characters, 100 + (characters * TokensPerCharacterSpoken), AnyTier(call)) is { } tokens ? new WorstCase(tokens.Nanos, null, 0, false)
            : NoUnit(model);
    }

    private static WorstCase Transcription(GatewayCall call, UpstreamModel model)
    {
        var seconds = 1 + (UploadBytes(call) / LeastBytesPerSecond);
        var each = MediaMeter.Transcription(model.Price, default, new MediaUse { Seconds = seconds });
        var tokens = WorstCost.Of(model.Price, call.Bytes.Length + (seconds * TokensPerSecondHeard), seconds * TokensPerSecondHeard, AnyTier(call));
        return each.Known ? new WorstCase(Math.Max(each.Cost.Nanos, tokens?.Nanos ?? 0), null, 0, false)
            : tokens is { } known ? new WorstCase(known.Nanos, null, 0, false) : NoUnit(model);
    }

    private static WorstCase Rerank(GatewayCall call, UpstreamModel model)
    {
        // A search is at most a hundred documents; a long document counts as several of 500 tokens.
        var body = call.Bytes;
        var searches = 1 + (body.Length / 500) + (AnswerLimit.Items(call, RequestMember.Documents) / 100);
        var each = MediaMeter.Rerank(model.Price, default, new MediaUse { Searches = searches });
        var tokens = WorstCost.Of(model.Price, body.Length * (1 + AnswerLimit.Items(call, RequestMember.Documents)), 0, false);
        return each.Known ? new WorstCase(each.Cost.Nanos, null, 0, false) : tokens is { } known ? new WorstCase(known.Nanos, null, 0, false) : NoUnit(model);
    }

    private static long UploadBytes(GatewayCall call) => call.Upload?.Form.Length ?? 0;

    private static long DefaultsOf(UpstreamDeployment deployment)
    {
        var bytes = 0L;
        foreach (var (name, value) in deployment.Config.DefaultParams)
        {
            bytes += name.Length + value.Length;
        }
        return bytes;
    }

    private static WorstCase NoUnit(UpstreamModel model) =>
        Refused($"the price list does not say what such a call of '{model.Model}' costs, and a budget applies. An administrator can write its prices into the model's litellm_params.");

    private static WorstCase Refused(string why) => new(0, why, 0, false);
}
