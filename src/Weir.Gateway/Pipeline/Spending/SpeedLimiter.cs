using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.RateLimits;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>Requests and tokens per minute and requests in flight, on a request's way: taken before anything is asked, put right at its end.</summary>
internal sealed class SpeedLimiter(IRateWindows windows)
{
    /// <summary>Takes from every limit of speed that applies.</summary>
    /// <exception cref="GatewayException">One has no room.</exception>
    internal ValueTask AdmitAsync(GatewayCall call)
    {
        var limits = call.Snapshot.Spend.RatesOf(call);
        return limits.Count == 0 ? ValueTask.CompletedTask : TakeAsync(call, limits);
    }

    /// <summary>The request has ended, however: frees its place and counts the tokens that it used.</summary>
    internal ValueTask ReleaseAsync(GatewayCall call) =>
        call.Permit is { } permit ? windows.SettleAsync(permit, call.Record.Usage.Prompt + call.Record.Usage.Completion) : ValueTask.CompletedTask;

    /// <summary>Tells what is left.</summary>
    internal static void Tell(GatewayCall call, IHeaderDictionary headers)
    {
        if (call.Permit is not { } permit)
        {
            return;
        }
        if (permit.Requests is { } requests)
        {
            headers["x-ratelimit-limit-requests"] = Text(requests.Limit);
            headers["x-ratelimit-remaining-requests"] = Text(requests.Left);
        }
        if (permit.Tokens is { } tokens)
        {
            headers["x-ratelimit-limit-tokens"] = Text(tokens.Limit);
            headers["x-ratelimit-remaining-tokens"] = Text(tokens.Left);
        }
        if (permit.OfModel.Requests is { } ofRequests)
        {
            headers["x-litellm-key-remaining-requests-" + Token(call.Target.Group.Name)] = Text(ofRequests);
        }
        if (permit.OfModel.Tokens is { } ofTokens)
        {
            headers["x-litellm-key-remaining-tokens-" + Token(call.Target.Group.Name)] = Text(ofTokens);
        }
    }

    private async ValueTask TakeAsync(GatewayCall call, IReadOnlyList<RateLimit> limits)
    {
        var permit = new RatePermit();
        var need = NeedOf(call, limits, counted: false);
        var refusal = await windows.TakeAsync(permit, limits, need, call.Http.RequestAborted);
        if (refusal is { CountFirst: true })
        {
            // Bytes are a coarse bound of tokens: near the limit they are counted.
            await ThreadHop.ToPool();
            refusal = await windows.TakeAsync(permit, limits, NeedOf(call, limits, counted: true), call.Http.RequestAborted);
        }
        if (refusal is not null)
        {
            throw new GatewayException(ErrorOf(refusal));
        }
        call.Permit = permit;
    }

    private static RateNeed NeedOf(GatewayCall call, IReadOnlyList<RateLimit> limits, bool counted)
    {
        var tokens = false;
        for (var i = 0; i < limits.Count; i++)
        {
            tokens |= limits[i].Tokens is not null;
        }
        if (!tokens || call.Surface.Kept is not null || call.Operation is Operation.CountTokens or Operation.File or Operation.Batch or Operation.StoredResponse)
        {
            return default;
        }
        if (call.PassThrough is not null || call.Operation == Operation.Realtime)
        {
            // Nobody can say beforehand what it takes: it is let in while anything is left, and what it used is counted at its end.
            return new RateNeed(1, 0, 0, false);
        }
        var input = counted ? PromptTokens.Count(call, call.Target.RequestedModel) : call.Bytes.Length;
        if (call.Surface.IsMedia || call.Operation == Operation.Embedding)
        {
            return new RateNeed(input, 0, 0, !counted);
        }
        var longest = 0L;
        foreach (var deployment in call.Target.Group.Deployments)
        {
            var model = ((UpstreamDeployment)deployment).FixedModel;
            longest = Math.Max(longest, deployment.Config.Info.MaxOutputTokens ?? model?.Price?.Facts.MaxTokens ?? long.MaxValue);
        }
        return new RateNeed(input, AnswerLimit.Of(call) is { } asked ? asked * AnswerLimit.Answers(call) : null, longest, !counted);
    }

    private static GatewayError ErrorOf(RateRefusal refusal)
    {
        var (limit, kind) = (refusal.Limit, KindOf(refusal.Kind));
        var resets = refusal.ResetsAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
        return new GatewayError(ErrorKind.RateLimitExceeded,
            $"Rate limit exceeded for {LabelOf(limit)}: {limit.Scope.Id}. Limit type: {kind}. Current limit: {Text(refusal.Max)}, Remaining: 0. Limit resets at: {resets}")
        {
            LimitType = kind, RetryAfter = refusal.Wait, ResetAt = resets,
        };
    }

    private static string KindOf(RateKind kind) => kind switch
    {
        RateKind.Requests => "requests",
        RateKind.Tokens => "tokens",
        _ => "max_parallel_requests",
    };

    private static string LabelOf(RateLimit limit) => limit.Scope.Kind switch
    {
        ScopeKind.Key when limit.Model is not null => "model_per_key",
        ScopeKind.Team when limit.Model is not null => "model_per_team",
        ScopeKind.Key => "api_key",
        ScopeKind.KeyModel => "model_per_key",
        _ => ScopeNames.Of(limit.Scope.Kind),
    };

    /// <summary>A group's name as part of a header's name.</summary>
    private static string Token(string name) => string.Create(name.Length, name, static (token, text) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            token[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] is '-' or '.' or '_' ? text[i] : '_';
        }
    });

    private static string Text(long number) => Math.Max(0, number).ToString(CultureInfo.InvariantCulture);
}
