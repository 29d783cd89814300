namespace Weir.House;

/// <summary>One outbound connector opens every socket, so that every address is checked at connect.</summary>
public sealed class OutboundTests
{
    [Theory]
    [InlineData("Weir.Providers")]
    [InlineData("Weir.Gateway")]
    [InlineData("Weir.Storage")]
    [InlineData("Weir.Server")]
    public void No_client_handler_or_socket_is_made_outside_the_connector(string project)
    {
        Found.Nothing(SocketUse.Find(Repo.Assembly(project), project));
    }
}
