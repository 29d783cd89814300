namespace Weir.TestKit.Faults;

/// <summary>
/// Which request gets which fault. What the request itself says (<c>x-mock-fault</c>, or a model name such as
/// <c>gpt-4o~429:7</c>, see <see cref="FaultText"/>) comes first, then the queue, then the fault of its model, then the mode.
/// </summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly Queue<Fault> _queue = new();
    private readonly Dictionary<string, Fault> _byModel = new(StringComparer.Ordinal);
    private Fault _mode = Fault.None;

    /// <summary>Faults in the queue that no request has taken yet.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>The next requests get these, one each, in this order.</summary>
    public void Enqueue(params ReadOnlySpan<Fault> faults)
    {
        lock (_lock)
        {
            foreach (var fault in faults)
            {
                _queue.Enqueue(fault);
            }
        }
    }

    /// <summary>Every request gets this, until changed; null or <see cref="Fault.None"/> = proper answers.</summary>
    public void SetMode(Fault? fault)
    {
        lock (_lock)
        {
            _mode = fault ?? Fault.None;
        }
    }

    /// <summary>Every request for <paramref name="model"/> gets this; null = as the mode says.</summary>
    public void SetMode(string model, Fault? fault)
    {
        lock (_lock)
        {
            if (fault is null)
            {
                _byModel.Remove(model);
            }
            else
            {
                _byModel[model] = fault;
            }
        }
    }

    /// <summary>Proper answers from now on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _queue.Clear();
            _byModel.Clear();
            _mode = Fault.None;
        }
    }

    internal Fault Next(string? model)
    {
        lock (_lock)
        {
            if (_queue.TryDequeue(out var queued))
            {
                return queued;
            }

            return model is not null && _byModel.TryGetValue(model, out var own) ? own : _mode;
        }
    }
}
