namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Why a body is refused before anything is decided on it.</summary>
public enum BodyRefusalReason
{
    /// <summary>Not valid JSON (RFC 8259), not UTF-8, or not an object.</summary>
    NotJson,

    /// <summary>Deeper than <see cref="RequestReader.MaxDepth"/> or with more members than <see cref="RequestReader.MaxMembers"/>.</summary>
    TooComplex,

    /// <summary>A member that is read occurs twice.</summary>
    DuplicateMember,

    /// <summary>A member that is read is spelled in another case: some upstreams would read it, others not.</summary>
    MiscasedMember,

    /// <summary>A member that is read has the wrong type.</summary>
    WrongType,
}

/// <summary>A refused body, with the member at fault.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Member">Name of the member, empty when the whole body is at fault.</param>
/// <param name="Message">For the caller: what is wrong and where.</param>
public sealed record BodyRefusal(BodyRefusalReason Reason, string Member, string Message);
