namespace Weir.Gateway.Ledger.Journal;

/// <summary>The disk as the journal sees it: a seam, so that tests can fill it up, fail it and count its flushes.</summary>
internal interface IJournalFiles
{
    /// <summary>A new file with room reserved, so that a full disk shows here and not at an append.</summary>
    /// <exception cref="IOException">No room, or the name is taken.</exception>
    IJournalFile Create(string path, long reserveBytes);

    /// <summary>An existing file, for reading.</summary>
    IJournalFile Open(string path);
}

/// <summary>One open segment file.</summary>
internal interface IJournalFile : IDisposable
{
    long Length { get; }

    /// <summary>One write to the operating system.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Fills the buffer as far as the file goes.</summary>
    int Read(Span<byte> buffer, long position);

    /// <summary>Returns when everything written is on the disk.</summary>
    void Flush();
}
