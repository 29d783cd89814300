using System.Globalization;
using System.Text.Encodings.Web;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>How a wish to think is said to one model. Claude counts tokens or adapts, Nova 2 and gpt-oss take a word; the others take nothing.</summary>
internal sealed class ThinkingPlan
{
    /// <summary>Bedrock refuses less.</summary>
    private const long FewestTokens = 1024;

    /// <summary>What LiteLLM leaves for the answer when the client sets no limit.</summary>
    private const long AnswerTokens = 4096;

    private const string Name = "reasoning_effort";

    /// <summary>Whether Claude thinks: then no tool call can be forced.</summary>
    internal bool Thinks { get; private set; }

    /// <summary>Most output tokens, with room for the thoughts.</summary>
    internal long? MaxTokens { get; private set; }

    /// <summary><c>outputConfig.effort</c>.</summary>
    internal string? Effort { get; private set; }

    internal static ThinkingPlan Of(ChatTurn turn, ReasoningWish? wish, in ModelFamily model, ModelFields fields, Dropped dropped)
    {
        var plan = new ThinkingPlan { MaxTokens = turn.MaxTokens };
        if (wish is null)
        {
            return plan;
        }
        if (wish.Summary is not null)
        {
            dropped.Add("reasoning.summary");
        }
        var off = wish.Enabled == false || (wish.Effort == "none" && wish.BudgetTokens is null);
        var word = wish.Effort ?? (wish.BudgetTokens is { } tokens ? ReasoningEffort.FromBudget(tokens) : wish.Enabled == true ? "medium" : null);
        if (model.IsGptOss)
        {
            if (!off && word is not null)
            {
                fields.Set("reasoning_effort", Quoted(word is "minimal" ? "low" : word is "xhigh" or "max" ? "high" : word));
            }
        }
        else if (model.IsNova2)
        {
            fields.Set("reasoningConfig", off || word is null
                ? """{"type":"disabled"}"""
                : $$"""{"type":"enabled","maxReasoningEffort":{{Quoted(word is "minimal" or "low" ? "low" : word is "medium" ? "medium" : "high")}}}""");
        }
        else if (!model.ThinksLikeClaude)
        {
            if (!off)
            {
                dropped.Add(Name);
            }
        }
        else if (off)
        {
            if (wish.Effort is null && (model.IsUnnamed || model.ClaudeVersion >= 37))
            {
                fields.Set("thinking", """{"type":"disabled"}""");
            }
        }
        else if (model.IsClaude && ToolLoopWithoutThoughts(turn.Messages))
        {
            // Claude refuses to think on when its earlier call came without the thoughts that led to it.
            dropped.Add(Name);
        }
        else
        {
            plan.ThinkLikeClaude(wish, model, fields, dropped);
        }
        return plan;
    }

    private void ThinkLikeClaude(ReasoningWish wish, in ModelFamily model, ModelFields fields, Dropped dropped)
    {
        if (model.IsUnnamed)
        {
            Effort = wish.Effort;
        }
        else if (model.ClaudeVersion >= 46)
        {
            Effort = wish.Effort is "minimal" ? "low" : wish.Effort;
        }
        var budget = wish.BudgetTokens;
        if (budget is null && (model.IsUnnamed || model.ClaudeVersion >= 46))
        {
            if (wish.Enabled == true || !model.IsUnnamed)
            {
                Thinks = true;
                fields.Set("thinking", """{"type":"adaptive"}""");
            }
            return;
        }
        budget ??= ReasoningEffort.ToBudget(wish.Effort ?? "medium") ?? ReasoningEffort.ToBudget("medium");
        var tokens = model.IsUnnamed ? budget.GetValueOrDefault() : Math.Max(FewestTokens, budget.GetValueOrDefault());
        if (MaxTokens is { } most && tokens >= most && !model.IsUnnamed)
        {
            tokens = most - 1;
            if (tokens < FewestTokens)
            {
                dropped.Add(Name);
                return;
            }
        }
        Thinks = true;
        MaxTokens ??= model.IsUnnamed ? null : tokens + AnswerTokens;
        fields.Set("thinking", string.Create(CultureInfo.InvariantCulture, $$"""{"type":"enabled","budget_tokens":{{tokens}}}"""));
    }

    /// <summary>The last answer called a tool, and no answer brings thoughts along.</summary>
    private static bool ToolLoopWithoutThoughts(List<ChatMessage> messages)
    {
        var calls = false;
        foreach (var message in messages)
        {
            if (message.Role != ChatRole.Assistant)
            {
                continue;
            }
            calls = false;
            foreach (var part in message.Parts)
            {
                if (part is ThinkingPart { Signature: not null })
                {
                    return false;
                }
                calls |= part is ToolCallPart;
            }
        }
        return calls;
    }

    private static string Quoted(string word) => $"\"{JavaScriptEncoder.Default.Encode(word)}\"";
}
