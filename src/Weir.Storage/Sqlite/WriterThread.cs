using System.Collections.Concurrent;

namespace Weir.Storage.Sqlite;

/// <summary>
/// Runs the writes of one database one after the other on a thread of its own. SQLite's calls block, for milliseconds when they
/// flush, and a blocked thread of the pool is one that serves no request (there may be only one on a small machine).
/// </summary>
internal sealed class WriterThread : IDisposable
{
    private readonly BlockingCollection<(Action Job, TaskCompletionSource Done)> _jobs = [];
    private readonly Thread _thread;

    public WriterThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public Task RunAsync(Action job)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add((job, done));
        return done.Task;
    }

    public void Dispose()
    {
        _jobs.CompleteAdding();
        _thread.Join();
        _jobs.Dispose();
    }

    private void Run()
    {
        foreach (var (job, done) in _jobs.GetConsumingEnumerable())
        {
            try
            {
                job();
                done.SetResult();
            }
            catch (Exception error)
            {
                // Nothing is swallowed: the caller awaits it.
                done.SetException(error);
            }
        }
    }
}
