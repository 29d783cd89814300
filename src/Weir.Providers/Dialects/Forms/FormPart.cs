namespace Weir.Providers.Dialects.Forms;

/// <summary>One part of a form, by its place in the body.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where the delimiter before it begins.</param>
/// <param name="ValueStart">First byte of its value.</param>
/// <param name="ValueEnd">One past the last byte of its value.</param>
/// <param name="Text">The value when it is a field; null for a file, whose bytes are not kept.</param>
public sealed record FormPart(string Name, long Start, long ValueStart, long ValueEnd, ReadOnlyMemory<byte>? Text)
{
    /// <summary>A part with a file name.</summary>
    public bool IsFile => Text is null;

    /// <summary>The name without what makes it a list: <c>image[]</c> is <c>image</c>.</summary>
    public string BareName => Name.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket ? Name[..bracket] : Name;
}

/// <summary>A form whose bytes lie elsewhere: what is in it, and where.</summary>
/// <param name="Boundary">The text between its parts, without the leading dashes.</param>
/// <param name="Parts">Its parts, in order.</param>
/// <param name="ClosingStart">Where its closing delimiter begins.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record FormIndex(string Boundary, IReadOnlyList<FormPart> Parts, long ClosingStart, long Length);

/// <summary>Why a form is refused.</summary>
/// <param name="Message">For the caller: what is wrong and where.</param>
/// <param name="Part">Name of the part at fault; empty when the whole form is.</param>
/// <param name="TooLarge">It is fine in itself, but larger than is taken.</param>
public sealed record FormRefusal(string Message, string Part = "", bool TooLarge = false);
