namespace Weir.TestKit.Scripts;

/// <summary>
/// What the model says: first the queue, one reply per request; then the first rule whose text occurs in the last message;
/// then its own words. Rules made by <see cref="When"/> look at user messages, those by <see cref="WhenToolResult"/> at tool results.
/// </summary>
public sealed class ModelScript
{
    private readonly Lock _lock = new();
    private readonly Queue<ScriptedReply> _queue = new();
    private readonly List<(bool AfterTool, string Text, ScriptedReply Reply)> _rules = [];

    /// <summary>The next chat requests get these, one each, in this order.</summary>
    public void Enqueue(params ReadOnlySpan<ScriptedReply> replies)
    {
        lock (_lock)
        {
            foreach (var reply in replies)
            {
                _queue.Enqueue(reply);
            }
        }
    }

    /// <summary>Answers a user message that holds <paramref name="text"/> (in any case).</summary>
    public void When(string text, ScriptedReply reply)
    {
        lock (_lock)
        {
            _rules.Add((false, text, reply));
        }
    }

    /// <summary>Answers a tool result that holds <paramref name="text"/> (in any case).</summary>
    public void WhenToolResult(string text, ScriptedReply reply)
    {
        lock (_lock)
        {
            _rules.Add((true, text, reply));
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _queue.Clear();
            _rules.Clear();
        }
    }

    internal ScriptedReply? Next(bool afterTool, string lastText)
    {
        lock (_lock)
        {
            if (_queue.TryDequeue(out var queued))
            {
                return queued;
            }

            foreach (var (ofTool, text, reply) in _rules)
            {
                if (ofTool == afterTool && lastText.Contains(text, StringComparison.OrdinalIgnoreCase))
                {
                    return reply;
                }
            }

            return null;
        }
    }
}
