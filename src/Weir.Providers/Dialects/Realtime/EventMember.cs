namespace Weir.Providers.Dialects.Realtime;

/// <summary>The members of a realtime event that the gateway reads.</summary>
public enum EventMember
{
    /// <summary><c>type</c>.</summary>
    Type,

    /// <summary><c>event_id</c>.</summary>
    EventId,

    /// <summary><c>session.model</c>.</summary>
    SessionModel,

    /// <summary><c>session.audio.input.transcription.model</c>, in the first version <c>session.input_audio_transcription.model</c>.</summary>
    TranscriptionModel,

    /// <summary><c>response.model</c>.</summary>
    ResponseModel,

    /// <summary><c>response.status</c>.</summary>
    ResponseStatus,

    /// <summary><c>response.usage</c>.</summary>
    ResponseUsage,

    /// <summary><c>usage</c>.</summary>
    Usage,

    /// <summary><c>delta</c>.</summary>
    Delta,
}

/// <summary>What keeps an event from having one meaning.</summary>
public enum EventFlaw
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is no JSON object, or not yet a whole one.</summary>
    NotJson,

    /// <summary>It is nested too deep.</summary>
    TooDeep,

    /// <summary>A member that is read occurs twice.</summary>
    DuplicateMember,

    /// <summary>A member that is read is spelled in another case than the API's.</summary>
    MiscasedMember,
}
