using System.Security.Cryptography;
using Weir.Gateway.Config;
using Weir.Providers;
using Weir.Providers.Ids;

namespace Weir.Gateway.Access;

/// <summary>
/// With what ids of stored things are wrapped: <c>LITELLM_SALT_KEY</c>, which stays when keys change; else the master key; else a secret of
/// this process, whose ids nobody knows after a restart.
/// </summary>
internal sealed class IdSecret
{
    /// <summary>The variable that LiteLLM encrypts stored credentials with.</summary>
    internal const string SaltVariable = "LITELLM_SALT_KEY";

    private readonly Func<string, string?> _variable;
    private readonly Lazy<WrappedIds> _ofProcess = new(static () => new WrappedIds(new Secret(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)))));

    internal IdSecret(Func<string, string?> variable) => _variable = variable;

    /// <summary>The wrapping for a configuration.</summary>
    /// <param name="config">Where the master key is.</param>
    /// <param name="lasting">False when ids end with the process.</param>
    internal WrappedIds For(AccessConfig config, out bool lasting)
    {
        lasting = true;
        if (_variable(SaltVariable) is { Length: > 0 } salt)
        {
            return new WrappedIds(new Secret(salt));
        }
        if (config.MasterKey is { } key && key.Reveal().Length > 0)
        {
            return new WrappedIds(key);
        }
        lasting = false;
        return _ofProcess.Value;
    }
}
