using Weir.TestKit.Wire.Files;
using Weir.TestKit.Wire.Responses;

namespace Weir.TestKit.Wire;

/// <summary>What the server keeps between requests.</summary>
internal sealed class ServerState
{
    public ServerMemory<StoredResponse> Responses { get; } = new();

    public ServerMemory<StoredFile> Files { get; } = new();

    public ServerMemory<StoredBatch> Batches { get; } = new();

    public ServerMemory<StoredConversation> Conversations { get; } = new();

    public ServerMemory<StoredUpload> Uploads { get; } = new();
}
