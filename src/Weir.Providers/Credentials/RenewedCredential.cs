using System.Net.Http.Headers;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>
/// An identity's bearer tokens for one scope. While a token is valid no request waits: from its refresh time on, one background sign-in renews
/// it, and when that fails the old one serves until its end. Without a valid token all callers wait for the same sign-in.
/// </summary>
internal abstract class RenewedCredential : ICredential
{
    /// <summary>A token is not used in its last seconds: it must still be valid when the upstream reads it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SignInLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseWithToken = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseWithout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DropPause = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Action<UpstreamFault> _trouble;
    private readonly Lock _gate = new();

    private Token? _token;
    private Task<UpstreamFault?>? _flight;
    private UpstreamFault? _fault;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DateTimeOffset _dropped = DateTimeOffset.MinValue;

    protected RenewedCredential(TimeProvider time, Action<UpstreamFault> trouble)
    {
        _time = time;
        _trouble = trouble;
    }

    /// <summary>What a sign-in gave.</summary>
    /// <param name="Text">The token.</param>
    /// <param name="EndsAt">Its end.</param>
    /// <param name="RefreshAt">When the authority wants it renewed; null = at half its life.</param>
    internal readonly record struct SignedIn(string Text, DateTimeOffset EndsAt, DateTimeOffset? RefreshAt);

    /// <summary>The sign-in in progress or the last one; null before the first.</summary>
    internal Task<UpstreamFault?>? Flight
    {
        get
        {
            lock (_gate)
            {
                return _flight;
            }
        }
    }

    /// <summary>Who gives the tokens, and for what, for messages.</summary>
    protected abstract string Authority { get; }

    /// <summary>Fetches a token over the wire; never one from a cache.</summary>
    protected abstract Task<SignedIn> SignInAsync(CancellationToken cancellationToken);

    /// <summary>Says what a failed sign-in means.</summary>
    protected abstract UpstreamFault Explain(Exception error);

    /// <inheritdoc/>
    public ValueTask<UpstreamFault?> ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = _time.GetUtcNow();
        if (Valid(now) is not { } token)
        {
            return WaitAsync(request, now, cancellationToken);
        }

        if (now >= token.RefreshAt)
        {
            // Nobody waits for it; its failure is told to the log and tried again later.
            _ = SignInOnceAsync(now);
        }

        request.Headers.Authorization = token.Header;
        return default;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Two requests that were refused with one token must not drop the new one as well, and a permanent refusal must not turn into a
    /// sign-in per request: at most one drop in half a minute.
    /// </remarks>
    public bool Invalidate()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (now - _dropped >= DropPause)
            {
                _dropped = now;
                Volatile.Write(ref _token, null);
            }

            return true;
        }
    }

    private async ValueTask<UpstreamFault?> WaitAsync(HttpRequestMessage request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await SignInOnceAsync(now).WaitAsync(cancellationToken) is { } fault)
        {
            return fault;
        }

        if (Valid(_time.GetUtcNow()) is not { } token)
        {
            return new(FaultKind.CredentialUnavailable, 0, $"{Authority} gave a token that is already at its end; check the clock of this machine.");
        }

        request.Headers.Authorization = token.Header;
        return null;
    }

    private Token? Valid(DateTimeOffset now) => Volatile.Read(ref _token) is { } token && now < token.EndsAt ? token : null;

    private Task<UpstreamFault?> SignInOnceAsync(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_flight is { IsCompleted: false } running)
            {
                return running;
            }

            if (now < _notBefore && _fault is not null)
            {
                return Task.FromResult<UpstreamFault?>(_fault);
            }

            // Requests are prepared synchronously (Entra's library, a signature); that must not happen on the caller's time, nor under the lock.
            return _flight = Task.Run(RenewAsync, CancellationToken.None);
        }
    }

    private async Task<UpstreamFault?> RenewAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(SignInLimit, _time);
            var access = await SignInAsync(limit.Token);
            var now = _time.GetUtcNow();
            var refresh = access.RefreshAt ?? now + ((access.EndsAt - now) / 2);
            lock (_gate)
            {
                _fault = null;
                _notBefore = DateTimeOffset.MinValue;
                Volatile.Write(ref _token, new(new("Bearer", access.Text), refresh, access.EndsAt - Margin));
            }

            return null;
        }
        catch (Exception e)
        {
            // A boundary: a refresh ahead has no caller to throw to, and upstream trouble is a value. The text goes to the log through _trouble.
            var fault = Explain(e);
            var now = _time.GetUtcNow();
            lock (_gate)
            {
                _fault = fault;
                _notBefore = now + (Valid(now) is null ? PauseWithout : PauseWithToken);
            }

            _trouble(fault);
            return fault;
        }
    }

    private sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset RefreshAt, DateTimeOffset EndsAt);
}
