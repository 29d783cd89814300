using System.Globalization;
using System.Text;
using Weir.Providers.Streaming;

namespace Weir.Providers.Credentials;

/// <summary>Reads the answers of the services that hand out keys.</summary>
internal static class AwsAnswer
{
    private const long Longest = 1 << 16;

    /// <summary>The answer's text.</summary>
    /// <exception cref="AwsSignInException">Cut, or too long.</exception>
    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (answer, fault) = await UpstreamAnswer.ReadAsync(response, Longest, cancellationToken);
        using (answer)
        {
            return answer is null ? throw new AwsSignInException(fault?.Message ?? "no answer.") : Encoding.UTF8.GetString(answer.Memory.Span);
        }
    }

    /// <summary>The keys in <paramref name="values"/>.</summary>
    /// <exception cref="AwsSignInException">One is missing.</exception>
    public static AwsKeys Keys(Dictionary<string, string> values, string tokenName, string whose) =>
        values.TryGetValue("AccessKeyId", out var id) && values.TryGetValue("SecretAccessKey", out var secret) && values.TryGetValue(tokenName, out var token)
            ? new(id, new(secret))
            {
                SessionToken = new(token),
                ExpiresAt = values.TryGetValue("Expiration", out var text)
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end) ? end : null,
            }
            : throw new AwsSignInException($"the answer of {whose} holds no keys.");
}
