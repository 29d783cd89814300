namespace Weir.House.Fixture.Sockets;

/// <summary>Bad: opens its own connection instead of asking the outbound connector.</summary>
internal sealed class LooseClient
{
    public static async Task<string> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(address, cancellationToken);
    }
}
