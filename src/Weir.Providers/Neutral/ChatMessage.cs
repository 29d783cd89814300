namespace Weir.Providers.Neutral;

/// <summary>Who speaks.</summary>
public enum ChatRole
{
    /// <summary>The operator: rules of the conversation.</summary>
    System,

    /// <summary>OpenAI's newer word for the operator. Dialects without it treat it as <see cref="System"/>.</summary>
    Developer,

    /// <summary>The person, or the program that asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>Results of tools. Dialects without the role put them into a user message.</summary>
    Tool,
}

/// <summary>One message.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What is said, in order.</param>
public sealed record ChatMessage(ChatRole Role, List<ContentPart> Parts)
{
    /// <summary>Name of the participant (OpenAI's <c>name</c>).</summary>
    public string? Name { get; init; }
}
