namespace Weir.Providers.Ids;

/// <summary>Finds the ids in the answers of one format, and what has to stand there instead. Of one call.</summary>
public interface IAnswerIds
{
    /// <summary>Whether ids can be in what is streamed: a search that costs next to nothing.</summary>
    bool MayBeIn(ReadOnlySpan<byte> events);

    /// <summary>Finds the ids of a whole answer.</summary>
    void ReadAnswer(ReadOnlySpan<byte> answer, string deployment, List<IdEdit> edits);

    /// <summary>Finds the ids in one event of a stream.</summary>
    void ReadEvent(ReadOnlySpan<byte> data, string deployment, List<IdEdit> edits);
}
