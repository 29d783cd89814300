using System.Runtime.InteropServices;

namespace Weir.Gateway.Routing;

/// <summary>
/// What one request has tried in the group it is in. Made at the first failure and reused for each fallback group; not safe for
/// concurrent use.
/// </summary>
internal sealed class AttemptTrail
{
    private readonly List<Deployment> _tried = [];

    /// <summary>Deployments that the next pick leaves out.</summary>
    public ReadOnlySpan<Deployment> Tried => CollectionsMarshal.AsSpan(_tried);

    /// <summary>Priority levels up to here are through; null when none is.</summary>
    public int? AboveOrder { get; private set; }

    /// <summary>Retries made at the present priority level of the present group.</summary>
    public int Retries { get; private set; }

    /// <summary>Retries of the whole request (<c>x-litellm-attempted-retries</c>).</summary>
    public int TotalRetries { get; private set; }

    /// <summary>Starts over for a fallback group.</summary>
    public void EnterGroup()
    {
        _tried.Clear();
        AboveOrder = null;
        Retries = 0;
    }

    internal void MarkTried(Deployment deployment)
    {
        if (!_tried.Contains(deployment))
        {
            _tried.Add(deployment);
        }
    }

    internal void CountRetry()
    {
        Retries++;
        TotalRetries++;
    }

    internal void ForgetAllBut(Deployment? deployment)
    {
        _tried.Clear();
        if (deployment is not null)
        {
            _tried.Add(deployment);
        }
    }

    internal void LeaveOrder(int order)
    {
        _tried.Clear();
        AboveOrder = order;
        Retries = 0;
        TotalRetries++;
    }
}
