using Weir.Providers.Dialects.Forms;

namespace Weir.Gateway.Pipeline.Uploads;

/// <summary>A form that came in, in a file of its own: there for every retry and fallback, never in memory. One owner; disposing deletes it.</summary>
internal sealed class Upload : IDisposable
{
    private static int s_outstanding;
    private FileStream? _file;

    internal Upload(FileStream file, FormIndex form)
    {
        _file = file;
        Form = form;
        Patched = new PatchedForm(file.SafeFileHandle, form.Boundary);
        Interlocked.Increment(ref s_outstanding);
    }

    /// <summary>Uploads that are held right now; tests prove that none leaks.</summary>
    internal static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>What is in it.</summary>
    internal FormIndex Form { get; }

    /// <summary>The form as it leaves.</summary>
    internal PatchedForm Patched { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _file, null) is { } file)
        {
            Interlocked.Decrement(ref s_outstanding);
            file.Dispose();
        }
    }
}
