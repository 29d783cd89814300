using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Hands out Google credentials: one long-lived instance per identity and scope, shared by every deployment that uses it.</summary>
public sealed class GoogleSignIn
{
    /// <summary>Answers of token endpoints are some kilobytes; more is not read.</summary>
    private const int MostAnswer = 64 * 1024;

    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    private readonly OutboundConnector _connector;
    private readonly TimeProvider _time;
    private readonly Func<string, string?> _variable;
    private readonly Action<UpstreamFault> _trouble;
    private readonly ConcurrentDictionary<(GoogleIdentity Identity, string Scope), GoogleTokenCredential> _credentials = new();

    /// <summary>Signs nobody in yet.</summary>
    /// <param name="connector">Opens the sockets.</param>
    /// <param name="time">Clock for signatures and the tokens' lives.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="trouble">Told of every failed sign-in, also of refreshes that no request waits for.</param>
    public GoogleSignIn(OutboundConnector connector, TimeProvider time, Func<string, string?> variable, Action<UpstreamFault> trouble)
    {
        _connector = connector;
        _time = time;
        _variable = variable;
        _trouble = trouble;
    }

    /// <summary>Attempts after the first for one request; the tests' way not to wait for an authority that stays down.</summary>
    internal int Retries { get; init; } = 2;

    /// <summary>The credential of <paramref name="identity"/> for <paramref name="scope"/>; equal arguments give the same instance.</summary>
    public ICredential Credential(GoogleIdentity identity, string scope = GoogleIdentity.CloudPlatform)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(scope);
        return _credentials.GetOrAdd((identity, scope), static (key, self) =>
            new(key.Identity, (token) => self.SignInAsync(key.Identity, key.Scope, token), self._time, self._trouble), this);
    }

    private async Task<RenewedCredential.SignedIn> SignInAsync(GoogleIdentity identity, string scope, CancellationToken cancellationToken)
    {
        // An impersonated identity's own token needs the right to impersonate; the scope that is wanted is the impersonated one's.
        var ownScope = identity.ImpersonationUrl is null ? scope : GoogleIdentity.CloudPlatform;
        var own = identity.Kind switch
        {
            GoogleKind.ServiceAccount => await PostAsync(identity, identity.TokenUri,
                [new("grant_type", JwtBearer), new("assertion", GoogleAssertion.Sign(identity, ownScope, _time.GetUtcNow()))], cancellationToken),
            GoogleKind.AuthorizedUser => await PostAsync(identity, identity.TokenUri,
                [
                    new("grant_type", "refresh_token"), new("client_id", identity.ClientId), new("client_secret", identity.ClientSecret?.Reveal()),
                    new("refresh_token", identity.RefreshToken?.Reveal()),
                ],
                cancellationToken),
            GoogleKind.ExternalAccount => await ExchangeAsync(identity, ownScope, cancellationToken),
            _ => await FromMachineAsync(identity, ownScope, cancellationToken),
        };
        return identity.ImpersonationUrl is null ? own : await ImpersonateAsync(identity, identity.ImpersonationUrl, own.Text, scope, cancellationToken);
    }

    private async Task<RenewedCredential.SignedIn> ExchangeAsync(GoogleIdentity identity, string scope, CancellationToken cancellationToken)
    {
        var subject = await SubjectAsync(identity, cancellationToken);
        List<KeyValuePair<string, string?>> form =
        [
            new("grant_type", TokenExchange), new("audience", identity.Audience), new("scope", scope), new("requested_token_type", AccessTokenType),
            new("subject_token_type", identity.SubjectTokenType), new("subject_token", subject),
        ];
        if (identity.UserProject is not null)
        {
            form.Add(new("options", $$"""{"userProject":"{{JsonEncodedText.Encode(identity.UserProject)}}"}"""));
        }

        return await PostAsync(identity, identity.TokenUri, form, cancellationToken);
    }

    private async Task<string> SubjectAsync(GoogleIdentity identity, CancellationToken cancellationToken)
    {
        string text;
        if (identity.SubjectUrl is { } url)
        {
            text = await SendAsync(identity, "the source of the foreign token", () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, url);
                foreach (var line in (identity.SubjectHeaders?.Reveal() ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    var colon = line.IndexOf(": ", StringComparison.Ordinal);
                    request.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 2)..]);
                }

                return request;
            }, null, cancellationToken);
        }
        else
        {
            text = await File.ReadAllTextAsync(identity.SubjectFile ?? "", cancellationToken);
        }

        if (identity.SubjectField is { } field)
        {
            using var json = Parse(text, "the source of the foreign token");
            text = GoogleAnswer.Text(json.RootElement, field) ?? throw new GoogleRefusal(0, null, $"The source of the foreign token has no text in `{field}`.");
        }

        text = text.Trim();
        return text.Length > 0 ? text : throw new GoogleRefusal(0, null, "The source of the foreign token is empty.");
    }

    private async Task<RenewedCredential.SignedIn> FromMachineAsync(GoogleIdentity identity, string scope, CancellationToken cancellationToken)
    {
        var root = Metadata();
        var address = new Uri(root, $"/computeMetadata/v1/instance/service-accounts/default/token?scopes={Uri.EscapeDataString(scope)}");
        var text = await SendAsync(identity, "the metadata service", () =>
        {
            // The header proves that the request was not forged through a page or a redirect; the answer carries it too.
            var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Metadata-Flavor", "Google");
            return request;
        }, "Metadata-Flavor", cancellationToken);
        return Token(text, "the metadata service");
    }

    private async Task<RenewedCredential.SignedIn> ImpersonateAsync(GoogleIdentity identity, Uri address, string token, string scope, CancellationToken cancellationToken)
    {
        var text = await SendAsync(identity, "the impersonation", () =>
        {
            var body = $$"""{"scope":["{{JsonEncodedText.Encode(scope)}}"],"lifetime":"{{identity.ImpersonationSeconds}}s"}""";
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new("Bearer", token);
            return request;
        }, null, cancellationToken);
        using var json = Parse(text, "the impersonation");
        return GoogleAnswer.Text(json.RootElement, "accessToken") is { } access
            && DateTimeOffset.TryParse(GoogleAnswer.Text(json.RootElement, "expireTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? new(access, end, null)
            : throw new GoogleRefusal(0, null, "The impersonation's answer holds no accessToken and expireTime.");
    }

    private async Task<RenewedCredential.SignedIn> PostAsync(GoogleIdentity identity, Uri address, List<KeyValuePair<string, string?>> form, CancellationToken cancellationToken)
    {
        var text = await SendAsync(identity, "the token endpoint", () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form.Where(pair => pair.Value is not null)) };
            request.Headers.Accept.ParseAdd("application/json");
            if (identity is { Kind: GoogleKind.ExternalAccount, ClientId: not null })
            {
                var pair = $"{identity.ClientId}:{identity.ClientSecret?.Reveal()}";
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            }

            return request;
        }, null, cancellationToken);
        return Token(text, "the token endpoint");
    }

    private RenewedCredential.SignedIn Token(string text, string who)
    {
        using var json = Parse(text, who);
        return GoogleAnswer.Text(json.RootElement, "access_token") is { } token && GoogleAnswer.Seconds(json.RootElement, "expires_in") is { } life
            ? new(token, _time.GetUtcNow().AddSeconds(life), null)
            : throw new GoogleRefusal(0, null, $"The answer of {who} holds no access_token and expires_in.");
    }

    /// <summary>Sends, again when the other side is down, and reads the answer.</summary>
    private async Task<string> SendAsync(GoogleIdentity identity, string who, Func<HttpRequestMessage> make, string? proof, CancellationToken cancellationToken)
    {
        var invoker = _connector.IdentityInvoker(Authorities(identity), Endpoints(identity));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = make();
                using var response = await invoker.SendAsync(request, cancellationToken);
                var text = await GoogleAnswer.ReadAsync(response, MostAnswer, cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    throw GoogleAnswer.Refusal(response, text, who);
                }

                return proof is null || response.Headers.Contains(proof)
                    ? text
                    : throw new GoogleRefusal(0, null, $"What answered in the place of {who} is something else: its answer lacks the header {proof}.");
            }
            catch (Exception e) when (attempt < Retries && e is HttpRequestException or GoogleRefusal { Status: 429 or >= 500 })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 << attempt), _time, cancellationToken);
            }
        }
    }

    private static JsonDocument Parse(string text, string who)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            throw new GoogleRefusal(0, null, $"The answer of {who} is not JSON.");
        }
    }

    private static IEnumerable<Uri> Authorities(GoogleIdentity identity)
    {
        yield return identity.TokenUri;
        if (identity.ImpersonationUrl is { } impersonation)
        {
            yield return impersonation;
        }

        if (identity.SubjectUrl is { } subject)
        {
            yield return subject;
        }
    }

    /// <summary>The metadata service, and a source of foreign tokens that the configuration names: on Azure and AWS it is their metadata service.</summary>
    private IEnumerable<Uri> Endpoints(GoogleIdentity identity)
    {
        if (identity.Kind == GoogleKind.Metadata)
        {
            yield return Metadata();
        }

        if (identity.SubjectUrl is { } subject)
        {
            yield return subject;
        }
    }

    private Uri Metadata() =>
        _variable("GCE_METADATA_HOST") is { Length: > 0 } host && Uri.TryCreate($"http://{host.Trim()}", UriKind.Absolute, out var address) ? address : new("http://169.254.169.254");
}
