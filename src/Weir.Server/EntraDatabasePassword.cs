using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Providers.Credentials;
using Weir.Providers.Upstream;
using Weir.Storage;

namespace Weir.Server;

/// <summary>
/// Entra tokens as the password of Azure's PostgreSQL. Nobody is signed in before the first question; the credential renews its token ahead of its
/// end, so asking is free.
/// </summary>
internal sealed class EntraDatabasePassword(Func<string, string?> variable, ILogger logger) : IDatabasePassword, IDisposable
{
    private readonly Lazy<(OutboundConnector Connector, ICredential Credential)> _signIn = new(() =>
    {
        var identity = EntraIdentity.From(null, null, null, null, variable, out var problem) ?? throw new InvalidOperationException(problem);
        var connector = new OutboundConnector(OutboundOptions.FromEnvironment(variable));
        var signIn = new EntraSignIn(connector, TimeProvider.System, variable, fault => Log(logger, fault));
        return (connector, signIn.Credential(identity, Scope(identity)));
    });

    /// <inheritdoc/>
    public async ValueTask<string> CurrentAsync(CancellationToken cancellationToken)
    {
        // A credential knows how to mark a request, and a token is what it writes there.
        using var request = new HttpRequestMessage();
        if (await _signIn.Value.Credential.ApplyAsync(request, cancellationToken) is { } fault)
        {
            throw new InvalidOperationException($"no Entra token for the database: {fault.Message}");
        }

        return request.Headers.Authorization?.Parameter ?? throw new InvalidOperationException("the Entra credential gave no token");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_signIn.IsValueCreated)
        {
            _signIn.Value.Connector.Dispose();
        }
    }

    /// <summary>Each cloud has its own resource.</summary>
    internal static string Scope(EntraIdentity identity) => string.Create(
        CultureInfo.InvariantCulture,
        $"https://ossrdbms-aad.database.{(identity.Authority.Host.EndsWith(".us", StringComparison.OrdinalIgnoreCase) ? "usgovcloudapi.net" : identity.Authority.Host.EndsWith(".cn", StringComparison.OrdinalIgnoreCase) ? "chinacloudapi.cn" : "windows.net")}/.default");

    private static void Log(ILogger logger, UpstreamFault fault) => Cli.StartLog.Warning(logger, fault.Message);
}
