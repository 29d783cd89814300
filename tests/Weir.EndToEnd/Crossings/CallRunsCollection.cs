namespace Weir.EndToEnd.Crossings;

/// <summary>The test classes that judge <see cref="CallRuns"/>.</summary>
[CollectionDefinition(nameof(CallRuns))]
public sealed class CallRunsCollection : ICollectionFixture<CallRuns>;
