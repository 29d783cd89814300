using System.Collections.Immutable;
using Weir.Gateway.Config.Check.Lint;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads counts by kind of error: <c>retry_policy</c>, <c>allowed_fails_policy</c> and the policies of single groups.</summary>
internal static class PolicyReader
{
    /// <summary>Ending of the keys of a retry policy.</summary>
    public const string Retries = "Retries";

    /// <summary>Ending of the keys of an allowed-fails policy.</summary>
    public const string AllowedFails = "AllowedFails";

    private static readonly (string Name, RetryClass Class)[] s_classes =
    [
        ("BadRequestError", RetryClass.BadRequest),
        ("AuthenticationError", RetryClass.Authentication),
        ("TimeoutError", RetryClass.Timeout),
        ("RateLimitError", RetryClass.RateLimit),
        ("ContentPolicyViolationError", RetryClass.ContentPolicyViolation),
        ("InternalServerError", RetryClass.InternalServer),
    ];

    /// <summary>One policy; a key that names no kind of error is explained and has no effect.</summary>
    public static ImmutableDictionary<RetryClass, int> Read(SectionReader? policy, string ending)
    {
        var counts = ImmutableDictionary.CreateBuilder<RetryClass, int>();
        if (policy is null)
        {
            return counts.ToImmutable();
        }

        foreach (var entry in policy.Map.Entries)
        {
            var index = Array.FindIndex(s_classes, item => string.Equals(item.Name + ending, entry.Name, StringComparison.Ordinal));
            if (index >= 0)
            {
                if (policy.Int(entry.Name) is { } count)
                {
                    counts[s_classes[index].Class] = count;
                }

                continue;
            }

            var stem = entry.Name.Replace("Error", "", StringComparison.Ordinal).Replace(ending, "", StringComparison.Ordinal);
            var meant = Array.Find(s_classes, item => string.Equals(item.Name, stem + "Error", StringComparison.Ordinal)).Name;
            policy.Warn(
                BindingCodes.UnknownErrorClass, entry.Key, entry.Name, $"'{entry.Name}' names no kind of error and has no effect, as in LiteLLM.",
                expected: string.Join(", ", s_classes.Select(item => item.Name + ending)),
                suggestion: meant is not null ? $"'{meant}{ending}'" : ending == Retries ? "'num_retries' in router_settings" : null);
        }

        return counts.ToImmutable();
    }

    /// <summary>A map of group to retry policy.</summary>
    public static ImmutableDictionary<string, ImmutableDictionary<RetryClass, int>> ReadGroups(SectionReader? groups)
    {
        var found = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<RetryClass, int>>(StringComparer.Ordinal);
        foreach (var entry in groups?.Map.Entries ?? [])
        {
            if (groups?.Section(entry.Name) is { } policy)
            {
                found[entry.Name] = Read(policy, Retries);
            }
        }

        return found.ToImmutable();
    }
}
