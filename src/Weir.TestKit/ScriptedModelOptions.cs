namespace Weir.TestKit;

/// <summary>Whose accent the server speaks.</summary>
public enum ModelFlavor
{
    /// <summary>OpenAI, as most compatible servers imitate it.</summary>
    OpenAI,

    /// <summary>Azure OpenAI: content-filter results, a first chunk without choices, annotations after <c>stop</c>, its own headers and errors.</summary>
    Azure,
}

/// <summary>Settings of a <see cref="ScriptedModel"/>.</summary>
public sealed record ScriptedModelOptions
{
    /// <summary>Port on 127.0.0.1; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>Accent.</summary>
    public ModelFlavor Flavor { get; init; }

    /// <summary>The models (Azure: deployments) that exist; empty = any name. Another name is a 404.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>
    /// The key to ask for, where each vendor looks for it: <c>Authorization: Bearer</c>, <c>api-key</c>, <c>x-api-key</c>,
    /// <c>x-goog-api-key</c>; null = none is needed.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>Access key of the requests to Bedrock that are signed.</summary>
    public string? AwsAccessKey { get; init; }

    /// <summary>Secret of <see cref="AwsAccessKey"/>: signatures of Bedrock's requests are computed again and compared; null = they are not looked at.</summary>
    public string? AwsSecretKey { get; init; }

    /// <summary>The session token that has to come, signed, with <see cref="AwsAccessKey"/>; null = none.</summary>
    public string? AwsSessionToken { get; init; }

    /// <summary>
    /// A chat is judged as OpenAI itself judges it (unknown members, results without a call, calls without a result, ...), and not as
    /// a compatible server does, which lets most things pass. The other dialects are always judged as their vendors judge.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Azure's dated <c>api-version</c> values that exist; empty = any that is not empty. Another one is a 404, as is none.</summary>
    public IReadOnlyList<string> ApiVersions { get; init; } = [];

    /// <summary>Value of <c>x-ms-region</c> under <see cref="ModelFlavor.Azure"/>.</summary>
    public string Region { get; init; } = "West Europe";

    /// <summary>Text before the repeated user message, so that answers of two servers can be told apart.</summary>
    public string AnswerPrefix { get; init; } = "You said: ";

    /// <summary>Length of an embedding when the request asks for none.</summary>
    public int EmbeddingDimensions { get; init; } = 64;

    /// <summary>Pause between two streamed chunks, on <see cref="Clock"/>.</summary>
    public TimeSpan ChunkInterval { get; init; }

    /// <summary>Clock of <see cref="ChunkInterval"/> and of dripping answers.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Requests kept for assertions; older ones are forgotten (they still count).</summary>
    public int RecordedRequests { get; init; } = 1_000;

    /// <summary>Bytes of request bodies kept at most, all together.</summary>
    public long RecordedBytes { get; init; } = 64L << 20;
}
