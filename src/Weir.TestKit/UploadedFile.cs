namespace Weir.TestKit;

/// <summary>A file in a form, as it arrived.</summary>
/// <param name="Field">Name of the form's field.</param>
/// <param name="FileName">Its name, or empty.</param>
/// <param name="ContentType">Its content type, or empty.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Hash of its content, in lower-case hex.</param>
public sealed record UploadedFile(string Field, string FileName, string ContentType, long Length, string Sha256);
