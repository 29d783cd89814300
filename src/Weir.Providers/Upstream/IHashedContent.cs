using System.Security.Cryptography;

namespace Weir.Providers.Upstream;

/// <summary>Content that can be hashed where it lies, for credentials that sign the body: no copy, and no reading twice from a stream.</summary>
internal interface IHashedContent
{
    /// <summary>Adds all bytes, in the order in which they will be sent.</summary>
    void AppendTo(IncrementalHash hash);
}
