using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Signs requests with an identity's keys, which are kept fresh where they end.</summary>
internal sealed class AwsCredential : ICredential
{
    private readonly AwsSigner _signer;
    private readonly AwsKeys? _keys;
    private readonly Renewal<AwsKeys>? _renewal;
    private readonly TimeProvider _time;

    /// <summary>With keys that never end.</summary>
    public AwsCredential(AwsSigner signer, AwsKeys keys, TimeProvider time)
    {
        _signer = signer;
        _keys = keys;
        _time = time;
    }

    /// <summary>With keys that are fetched.</summary>
    public AwsCredential(AwsSigner signer, Renewal<AwsKeys> renewal, TimeProvider time)
    {
        _signer = signer;
        _renewal = renewal;
        _time = time;
    }

    /// <summary>The fetch in progress or the last one.</summary>
    internal Task<UpstreamFault?>? Flight => _renewal?.Flight;

    /// <inheritdoc/>
    public ValueTask<UpstreamFault?> ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if ((_keys ?? _renewal?.Current()) is not { } keys)
        {
            return WaitAsync(request, cancellationToken);
        }
        var signing = _signer.SignAsync(request, keys, _time.GetUtcNow(), cancellationToken);
        return signing.IsCompletedSuccessfully ? default : DoneAsync(signing);
    }

    /// <inheritdoc/>
    public bool Invalidate()
    {
        _renewal?.Drop();
        return _renewal is not null;
    }

    private async ValueTask<UpstreamFault?> WaitAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (keys, fault) = _renewal is null ? default : await _renewal.GetAsync(cancellationToken);
        if (keys is not null)
        {
            await _signer.SignAsync(request, keys, _time.GetUtcNow(), cancellationToken);
        }
        return fault;
    }

    private static async ValueTask<UpstreamFault?> DoneAsync(ValueTask signing)
    {
        await signing;
        return null;
    }
}
