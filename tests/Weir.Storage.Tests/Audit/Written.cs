using Microsoft.Extensions.Logging;

namespace Weir.Storage.Tests.Audit;

/// <summary>The log as a witness keeps it: the tokens of checkpoints, in order.</summary>
internal sealed class Written : ILogger
{
    private readonly List<string> _tokens = [];
    private readonly List<(int Count, TaskCompletionSource Came)> _awaited = [];

    public IReadOnlyList<string> Tokens
    {
        get
        {
            lock (_tokens)
            {
                return [.. _tokens];
            }
        }
    }

    public Task ComesAsync(int count)
    {
        lock (_tokens)
        {
            if (_tokens.Count >= count)
            {
                return Task.CompletedTask;
            }
            var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((count, came));
            return came.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id != 1040)
        {
            return;
        }
        lock (_tokens)
        {
            _tokens.Add(formatter(state, exception).Split(' ')[^1]);
            foreach (var (count, came) in _awaited.Where(item => item.Count <= _tokens.Count))
            {
                came.TrySetResult();
            }
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
