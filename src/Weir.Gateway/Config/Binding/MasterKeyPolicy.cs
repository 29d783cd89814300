using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>What the master key is, and whether Weir may start with it.</summary>
/// <param name="Key">The key in force; null when there is none.</param>
/// <param name="Host">The address to listen on.</param>
/// <param name="Generated">True when the key was made just now and must be shown once.</param>
/// <param name="Warnings">What to say at the start.</param>
/// <param name="Refusal">Why Weir must not start; null when it may.</param>
public sealed record MasterKeyDecision(Secret? Key, string Host, bool Generated, ImmutableArray<string> Warnings, string? Refusal);

/// <summary>
/// Decides on the master key at the start. Beyond loopback an unset, empty or well-known key is refused, as LiteLLM does since 1.104;
/// on loopback a missing one is made.
/// </summary>
public static class MasterKeyPolicy
{
    /// <summary>The key of every tutorial.</summary>
    public const string WellKnown = "sk-1234";

    /// <summary>Environment variables that hold the key, in order; the second is the one that LiteLLM's Helm chart sets.</summary>
    public static ImmutableArray<string> Variables { get; } = ["LITELLM_MASTER_KEY", "PROXY_MASTER_KEY"];

    private const string AnyAddress = "0.0.0.0";
    private const string Loopback = "127.0.0.1";

    /// <summary>Decides.</summary>
    /// <param name="written"><c>general_settings.master_key</c>, after substitution; null when absent.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="host">The address that the user asked for; null for the default: all addresses when a key is set, else loopback.</param>
    /// <param name="permitWeak"><c>dangerously_permit_weak_or_unset_master_key</c>.</param>
    public static MasterKeyDecision Decide(Secret? written, Func<string, string?> variable, string? host, bool permitWeak)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var warnings = ImmutableArray.CreateBuilder<string>();
        var key = InForce(written, variable, warnings);
        var where = host ?? (key is null ? Loopback : AnyAddress);
        var weak = key is null || string.Equals(key.Reveal().Trim(), WellKnown, StringComparison.Ordinal);
        if (key is not null && !weak)
        {
            Judge(key.Reveal(), warnings);
            return new MasterKeyDecision(key, where, false, warnings.ToImmutable(), null);
        }

        var fault = key is null ? "There is no master key" : $"The master key is the well-known '{WellKnown}'";
        if (permitWeak)
        {
            warnings.Add(
                $"{fault}, and dangerously_permit_weak_or_unset_master_key allows that: "
                + (key is null ? "whoever reaches this address may use every model." : "whoever has read a tutorial may use every model."));
            return new MasterKeyDecision(key, where, false, warnings.ToImmutable(), null);
        }

        if (!IsLoopback(where))
        {
            return new MasterKeyDecision(
                key, where, false, warnings.ToImmutable(),
                $"{fault}, and Weir would listen on {where}, beyond this machine. Set LITELLM_MASTER_KEY or general_settings.master_key to a key of your own "
                + "(such as sk- and 32 random characters: openssl rand -hex 16), or listen on 127.0.0.1.");
        }

        if (key is not null)
        {
            warnings.Add($"{fault}; that is accepted on {where} only. Set a key of your own before others can reach it.");
            return new MasterKeyDecision(key, where, false, warnings.ToImmutable(), null);
        }

        return new MasterKeyDecision(Make(), where, true, warnings.ToImmutable(), null);
    }

    /// <summary>True for an address that only this machine reaches.</summary>
    public static bool IsLoopback(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static Secret? InForce(Secret? written, Func<string, string?> variable, ImmutableArray<string>.Builder warnings)
    {
        var found = AddressReader.FirstSet(Variables, variable);
        var inFile = written?.Reveal();
        if (string.IsNullOrWhiteSpace(inFile))
        {
            return found is { } only ? new Secret(only.Value) : null;
        }

        if (found is not { } injected || string.Equals(injected.Value, inFile, StringComparison.Ordinal))
        {
            return written;
        }

        if (IsPlaceholder(inFile))
        {
            warnings.Add($"general_settings.master_key is a placeholder; the key in {injected.Name} is in force. Take the line out of the file, or write 'os.environ/{injected.Name}'.");
            return new Secret(injected.Value);
        }

        warnings.Add($"general_settings.master_key and {injected.Name} differ; the file's key is in force, as in LiteLLM.");
        return written;
    }

    private static bool IsPlaceholder(string key) =>
        string.Equals(key.Trim(), WellKnown, StringComparison.Ordinal) || IsUnfilled(key)
        || key.Contains("your", StringComparison.OrdinalIgnoreCase) || key.Contains("change", StringComparison.OrdinalIgnoreCase)
        || key.Contains("xxx", StringComparison.OrdinalIgnoreCase) || key.Contains("...", StringComparison.Ordinal);

    /// <summary>Text that another tool should have filled in; LiteLLM takes it for the key, letter by letter.</summary>
    private static bool IsUnfilled(string key) =>
        key.Contains("${", StringComparison.Ordinal) || key.Contains("$(", StringComparison.Ordinal) || key.Contains("{{", StringComparison.Ordinal)
        || (key.StartsWith('<') && key.EndsWith('>'));

    private static void Judge(string key, ImmutableArray<string>.Builder warnings)
    {
        if (IsUnfilled(key))
        {
            warnings.Add("The master key is a placeholder that no tool has filled in, so that the placeholder itself is the key. Write 'os.environ/LITELLM_MASTER_KEY'.");
        }
        else if (!key.StartsWith("sk-", StringComparison.Ordinal))
        {
            warnings.Add("The master key does not start with 'sk-'; LiteLLM's clients and tools expect that it does.");
        }
    }

    private static Secret Make() => new("sk-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
}
