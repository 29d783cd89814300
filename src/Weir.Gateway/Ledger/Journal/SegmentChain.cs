using System.Globalization;
using Weir.Gateway.Config;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>
/// The segments of one journal: old ones that the store has not taken, the one that is written, and a spare that is made ahead,
/// off the path of any request, so that a full disk is known half a segment before the room runs out.
/// Members that say so need <see cref="Gate"/>.
/// </summary>
internal sealed class SegmentChain : IThreadPoolWorkItem, IDisposable
{
    private const string Extension = ".journal";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly IJournalFiles _files;
    private readonly LedgerStatus _status;
    private readonly ILogger _logger;
    private readonly ITimer _retry;
    private readonly int _segmentBytes;
    private readonly Queue<Segment> _sealed = new();
    private Segment? _active;
    private Segment? _spare;
    private long _sequence;
    private bool _preparing;
    private readonly ManualResetEventSlim _made = new(true);
    private bool _leaveActive;
    private bool _closed;
    private volatile bool _noRoom;

    public SegmentChain(JournalOptions options, IJournalFiles files, LedgerStatus status, TimeProvider time, ILogger logger)
    {
        _options = options;
        _files = files;
        _status = status;
        _logger = logger;
        _segmentBytes = (int)Math.Min(options.SegmentBytes, options.MaxUnsettledBytes / 4);
        _retry = time.CreateTimer(
            static self => ThreadPool.UnsafeQueueUserWorkItem((SegmentChain)self!, preferLocal: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Lock Gate { get; } = new();

    /// <summary>Bytes of records ever put in, those found at start included. Needs the gate.</summary>
    public long Appended { get; private set; }

    /// <summary>Bytes of records that the store has. Needs the gate.</summary>
    public long Settled { get; private set; }

    /// <summary>False while the disk takes no more.</summary>
    public bool HasRoom => !_noRoom;

    /// <summary>The segment that is written. Needs the gate.</summary>
    public Segment Active => _active ?? throw new InvalidOperationException("the journal is not started");

    /// <summary>Takes up the segments of earlier processes and returns how many there are.</summary>
    /// <exception cref="LedgerVersionException">A later build wrote one of them.</exception>
    public int Load()
    {
        foreach (string path in Directory.GetFiles(_options.Folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
            {
                _sequence = Math.Max(_sequence, sequence);
                LoadOne(path);
            }
        }

        return _sealed.Count;
    }

    /// <summary>Makes the segment that is written from now on.</summary>
    public void Start() => _active = Create();

    /// <summary>Writes a record whose payload lies behind room for its frame. Needs the gate.</summary>
    /// <returns>True when the caller should call <see cref="PrepareSpare"/> after leaving the gate.</returns>
    public bool Append(Span<byte> record, EntryKind kind)
    {
        if (_spare is not null && (_leaveActive || Active.Tail + record.Length > _segmentBytes))
        {
            Rotate(_spare);
        }

        var active = Active;
        JournalFormat.Seal(record, kind, active.Id);
        active.File.Write(record, active.Tail);
        active.Tail += record.Length;
        Appended += record.Length;
        _status.SetPending(Appended - Settled);
        return _spare is null && !_preparing && active.Tail > _segmentBytes / 2 && (_preparing = true);
    }

    /// <summary>The disk refused a write or a flush: nothing more is put behind it, and requests are refused until a new segment could be made.</summary>
    public void Failed(IOException error)
    {
        bool prepare;
        lock (Gate)
        {
            // The cause first: whoever sees that there is no room finds out why.
            _status.AppendFailed(error.Message);
            _leaveActive = true;
            _noRoom = _spare is null;
            prepare = _spare is null && !_preparing && !_closed;
            _preparing |= prepare;
        }

        _logger.CannotWrite(error, _options.Folder, error.Message);
        if (prepare)
        {
            _retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Makes the next segment on the thread pool, without allocating.</summary>
    public void PrepareSpare() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        lock (Gate)
        {
            if (_closed)
            {
                return;
            }
            _made.Reset();
        }

        try
        {
            var spare = Create();
            bool recovered;
            lock (Gate)
            {
                _preparing = false;
                recovered = _noRoom;
                _status.CanAppend();
                _noRoom = false;
                if (!_closed)
                {
                    _spare = spare;
                    spare = null;
                }
            }

            Delete(spare);
            if (recovered)
            {
                _logger.CanWriteAgain(_options.Folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lock (Gate)
            {
                _status.AppendFailed(error.Message);
                _noRoom = true;
            }

            _logger.CannotWrite(error, _options.Folder, error.Message);
            _retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            _made.Set();
        }
    }

    /// <summary>The oldest segment with records that the store lacks, and up to where it is written. Drops those that are done. Needs the gate.</summary>
    public bool TryOldest(out Segment segment, out long end)
    {
        while (_sealed.TryPeek(out var oldest))
        {
            if (oldest.Settled < oldest.Tail)
            {
                (segment, end) = (oldest, oldest.Tail);
                return true;
            }

            Delete(_sealed.Dequeue());
        }

        segment = _active!; // null only before Start, and then the result is false
        end = _active?.Tail ?? 0;
        return _active is not null && _active.Settled < end;
    }

    /// <summary>The store has the segment up to the position. Needs the gate.</summary>
    public void Settle(Segment segment, long position)
    {
        Settled += position - segment.Settled;
        segment.Settled = position;
        _status.SetPending(Appended - Settled);
    }

    /// <summary>Deletes what the store has and closes the rest, which the next start replays.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _closed = true;
            Delete(_spare);
            _spare = null;
            foreach (var segment in _active is null ? _sealed : _sealed.Append(_active))
            {
                if (segment.Settled < segment.Tail)
                {
                    segment.Dispose();
                }
                else
                {
                    Delete(segment);
                }
            }

            _sealed.Clear();
            _active = null;
        }

        _retry.Dispose();
        // A segment that is being made sees that it comes too late, and is gone when this returns.
        _made.Wait();
        _made.Dispose();
    }

    private static void Delete(Segment? segment)
    {
        if (segment is not null)
        {
            segment.Dispose();
            File.Delete(segment.Path);
        }
    }

    private void Rotate(Segment next)
    {
        var full = Active;
        if (_options.Durability == Durability.Disk && !full.FlushFailed)
        {
            // The flushing thread only looks at the segment that is written, so the last rows of this one are flushed here.
            full.File.Flush();
        }

        if (_leaveActive)
        {
            _status.CanAppend();
        }

        _sealed.Enqueue(full);
        _active = next;
        _spare = null;
        _leaveActive = false;
    }

    private Segment Create()
    {
        string path = Path.Combine(
            _options.Folder, Interlocked.Increment(ref _sequence).ToString("D12", CultureInfo.InvariantCulture) + Extension);
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        long id = BitConverter.ToInt64(random) & long.MaxValue;
        var file = _files.Create(path, _segmentBytes);
        try
        {
            Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
            JournalFormat.WriteHeader(header, id);
            file.Write(header, 0);
            return new Segment(path, file, id, JournalFormat.HeaderBytes);
        }
        catch (IOException)
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private void LoadOne(string path)
    {
        var file = _files.Open(path);
        Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
        int read = file.Read(header, 0);
        long? id;
        try
        {
            id = JournalFormat.ReadHeader(header[..read]);
        }
        catch (LedgerVersionException)
        {
            file.Dispose();
            throw;
        }

        if (id is not null)
        {
            var segment = new Segment(path, file, id.Value, file.Length);
            Appended += segment.Tail - segment.Settled;
            _sealed.Enqueue(segment);
            _status.SetPending(Appended);
            return;
        }

        long length = file.Length;
        file.Dispose();
        if (length <= JournalFormat.HeaderBytes)
        {
            // The process died between making the file and writing its header: it never held a row.
            File.Delete(path);
            return;
        }

        string aside = path + ".corrupt";
        File.Move(path, aside);
        _status.Quarantine();
        _logger.Damaged(path, 0, length, aside);
    }
}
