using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>How a request asks for thoughts.</summary>
internal enum ThinkingForm
{
    /// <summary>It says nothing.</summary>
    Unsaid,

    /// <summary><c>disabled</c>.</summary>
    Off,

    /// <summary><c>enabled</c>, with a budget.</summary>
    Budget,

    /// <summary><c>adaptive</c>, with an effort.</summary>
    Adaptive,
}

/// <summary>How a request holds the model to JSON.</summary>
internal enum JsonForm
{
    /// <summary>Not at all.</summary>
    Free,

    /// <summary><c>output_config.format</c>.</summary>
    Schema,

    /// <summary>By the tool <see cref="Wire.JsonTool"/>, which it has to call.</summary>
    Tool,

    /// <summary>By the same tool, without force: a model that thinks can't be forced.</summary>
    OfferedTool,

    /// <summary>By a sentence to the model.</summary>
    Words,
}

/// <summary>
/// What is decided before a request is written, since members depend on each other: a model that thinks takes neither a forced tool nor
/// most sampling, and what it thinks counts against its output tokens.
/// </summary>
internal sealed class RequestPlan
{
    /// <summary>Output tokens when the caller named no limit; LiteLLM's number.</summary>
    private const long DefaultMaxTokens = 4096;

    private const long LeastBudget = 1024;

    private readonly ChatTurn _turn;
    private readonly RequestExtras _extras;
    private readonly Dropped _dropped;

    internal RequestPlan(ChatTurn turn, RequestExtras extras, Dropped dropped)
    {
        (_turn, _extras, _dropped) = (turn, extras, dropped);
        Model = ClaudeModel.Of(turn.Model);
        Choice = turn.ToolChoice?.Kind;
        MaxTokens = turn.MaxTokens ?? DefaultMaxTokens;
        PlanThinking();
        PlanJson();
        PlanForce();
        PlanSampling();
    }

    internal ClaudeModel Model { get; }

    internal long MaxTokens { get; private set; }

    internal ThinkingForm Thinking { get; private set; }

    internal long Budget { get; private set; }

    internal string? Effort { get; private set; }

    internal JsonForm Json { get; private set; }

    /// <summary>What has to be called; null = not said.</summary>
    internal ToolChoiceKind? Choice { get; private set; }

    internal double? Temperature { get; private set; }

    internal double? TopP { get; private set; }

    internal long? TopK { get; private set; }

    private bool Forces => Choice is ToolChoiceKind.Required or ToolChoiceKind.Named;

    private bool Thinks => Thinking is ThinkingForm.Budget or ThinkingForm.Adaptive || (Model.ThinksUnasked && Thinking == ThinkingForm.Unsaid);

    private void PlanThinking()
    {
        if (_extras.Reasoning is not { } wish)
        {
            return;
        }
        if (wish.Enabled == false || wish.Effort == "none" || wish is { Enabled: null, BudgetTokens: 0 })
        {
            TurnOff(wish);
            return;
        }
        if (wish is { Enabled: null, Effort: null, BudgetTokens: null })
        {
            return;
        }
        if (Forces && !Model.AlwaysThinks)
        {
            // The caller needs the call; thoughts are a wish.
            _dropped.Add("reasoning_effort");
        }
        else if (Model.TakesEffort && !(Model.TakesBudget && wish.BudgetTokens is not null))
        {
            PlanAdaptive(wish);
        }
        else if (Model.TakesBudget)
        {
            PlanBudget(wish);
        }
        else
        {
            _dropped.Add("reasoning_effort");
        }
    }

    private void TurnOff(ReasoningWish wish)
    {
        if (Model.AlwaysThinks)
        {
            _dropped.Add("reasoning_effort");
            return;
        }
        Thinking = Model.ThinksUnasked || wish.Enabled == false ? ThinkingForm.Off : ThinkingForm.Unsaid;
        Effort = wish.Effort is { } effort && effort != "none" && Model.TakesEffort ? EffortWord(effort) : null;
    }

    private void PlanAdaptive(ReasoningWish wish)
    {
        Thinking = ThinkingForm.Adaptive;
        Effort = EffortWord(wish.Effort ?? (wish.BudgetTokens is { } budget ? ReasoningEffort.FromBudget(budget) : null));
        if (_turn.MaxTokens is null)
        {
            MaxTokens += ReasoningEffort.ToBudget(Effort ?? "high") ?? 0;
        }
    }

    private void PlanBudget(ReasoningWish wish)
    {
        if (IsInsideToolLoop())
        {
            // Anthropic refuses to think on top of a call whose thoughts are not shown to it; clients of other dialects don't bring them back.
            _dropped.Add("reasoning_effort");
            return;
        }
        var budget = Math.Max(LeastBudget, wish.BudgetTokens ?? ReasoningEffort.ToBudget(wish.Effort ?? "high") ?? 0);
        if (_turn.MaxTokens is not { } most)
        {
            MaxTokens += budget;
        }
        else if (budget >= most)
        {
            budget = Math.Max(LeastBudget, most / 2);
            if (budget >= most)
            {
                _dropped.Add("reasoning_effort");
                return;
            }
        }
        (Thinking, Budget) = (ThinkingForm.Budget, budget);
        Effort = wish.Effort is { } effort && Model.TakesEffort ? EffortWord(effort) : null;
    }

    private string? EffortWord(string? effort)
    {
        switch (effort)
        {
            case null or "low" or "medium" or "high":
                return effort;
            case "minimal":
                return "low";
            case "xhigh" when Model.TakesExtraHigh:
            case "max" when Model.TakesMost:
                return effort;
            case "xhigh" or "max":
                _dropped.Add("reasoning_effort");
                return "high";
            default:
                _dropped.Add("reasoning_effort");
                return null;
        }
    }

    /// <summary>Whether the last thing that the model said is a call without thoughts before it.</summary>
    private bool IsInsideToolLoop()
    {
        for (var index = _turn.Messages.Count - 1; index >= 0; index--)
        {
            var message = _turn.Messages[index];
            if (message.Role == ChatRole.Assistant)
            {
                var calls = message.Parts.Exists(static part => part is ToolCallPart);
                return calls && !message.Parts.Exists(static part => part is ThinkingPart { Signature: not null });
            }
            if (message.Role == ChatRole.User && !message.Parts.Exists(static part => part is ToolResultPart))
            {
                return false;
            }
        }
        return false;
    }

    private void PlanJson()
    {
        if (_extras.Format is not { } format)
        {
            return;
        }
        if (!format.Schema.IsAbsent && Model.TakesSchema && SchemaWriter.IsClosable(format.Schema))
        {
            Json = JsonForm.Schema;
        }
        else if (!Thinks)
        {
            Json = JsonForm.Tool;
        }
        else if (!format.Schema.IsAbsent)
        {
            Json = JsonForm.OfferedTool;
        }
        else
        {
            // OpenAI's JSON mode asks the caller to name JSON in the prompt, so the sentence only repeats it.
            Json = JsonForm.Words;
            _dropped.Add("response_format");
        }
    }

    private void PlanForce()
    {
        if (Json == JsonForm.Tool && Choice != ToolChoiceKind.Named)
        {
            // With tools of the caller's beside it the model chooses among them and the answer.
            Choice = _turn.Tools.Count > 0 && Choice != ToolChoiceKind.None ? ToolChoiceKind.Required : ToolChoiceKind.Named;
        }
        if (!Forces)
        {
            return;
        }
        if (Model.AlwaysThinks)
        {
            _dropped.Add("tool_choice");
            Choice = ToolChoiceKind.Auto;
        }
        else if (Model.ThinksUnasked && Thinking == ThinkingForm.Unsaid)
        {
            Thinking = ThinkingForm.Off;
        }
    }

    private void PlanSampling()
    {
        // One is the default of both: nothing is lost without it.
        var temperature = _turn.Temperature == 1 ? null : _turn.Temperature;
        var topP = _turn.TopP == 1 ? null : _turn.TopP;
        var thinks = Thinking is ThinkingForm.Budget or ThinkingForm.Adaptive;
        if (!Model.TakesSampling || thinks)
        {
            Drop(temperature is not null, "temperature");
            Drop(_extras.TopK is not null, "top_k");
            // A model that thinks may still be kept from the least likely tokens.
            TopP = Model.TakesSampling && topP is >= 0.95 ? topP : null;
            Drop(topP is not null && TopP is null, "top_p");
            return;
        }
        if (temperature is < 0 or > 1)
        {
            _dropped.Add("temperature");
            temperature = Math.Clamp(temperature.Value, 0, 1);
        }
        (Temperature, TopP, TopK) = (temperature ?? _turn.Temperature, topP ?? _turn.TopP, _extras.TopK);
        if (Model.TakesOneSampler && Temperature is not null && TopP is not null)
        {
            var keepsTopP = temperature is null && topP is not null;
            Drop(!keepsTopP && topP is not null, "top_p");
            Temperature = keepsTopP ? null : Temperature;
            TopP = keepsTopP ? TopP : null;
        }
    }

    private void Drop(bool said, string name)
    {
        if (said)
        {
            _dropped.Add(name);
        }
    }
}
