using System.Net.Http.Headers;
using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Server.Cli;

/// <summary>The management API of a running gateway, as the commands of this program call it.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly OutboundConnector _connector;
    private readonly Uri _root;
    private readonly string _key;

    internal GatewayClient(Uri root, string key)
    {
        (_root, _key) = (root, key);
        _connector = new OutboundConnector(OutboundOptions.FromEnvironment(Environment.GetEnvironmentVariable));

        // The operator names the gateway: it may be on this machine.
        _connector.NameHosts([root]);
    }

    public void Dispose() => _connector.Dispose();

    /// <summary>Calls a route.</summary>
    /// <exception cref="CommandException">Nobody listens there, or it refuses.</exception>
    internal async Task<JsonElement> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        if (body is not null)
        {
            using var bytes = new MemoryStream();
            await using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                body(json);
                json.WriteEndObject();
            }
            request.Content = new ByteArrayContent(bytes.ToArray());
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        try
        {
            using var response = await _connector.Invoker(TlsTrust.Default).SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new CommandException(Refusal((int)response.StatusCode, text));
        }
        catch (HttpRequestException error)
        {
            throw new CommandException($"no gateway answers at {_root}: {error.Message} Start one (weir serve), or name it with --url.");
        }
        catch (JsonException)
        {
            throw new CommandException($"what answers at {_root} is no Weir gateway.");
        }
    }

    private static string Refusal(int status, byte[] body)
    {
        try
        {
            var root = JsonElement.Parse(body);
            if (root.TryGetProperty("error", out var error) && error.TryGetProperty("message", out var message))
            {
                return $"the gateway refused ({status}): {message.GetString()}";
            }
            if (root.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.Array)
            {
                return "the gateway refused: " + string.Join("; ", detail.EnumerateArray().Select(static problem =>
                    $"{string.Join('.', problem.GetProperty("loc").EnumerateArray().Select(static part => part.GetString()))}: {problem.GetProperty("msg").GetString()}"));
            }
        }
        catch (JsonException)
        {
            return $"the gateway refused with status {status}, and not in JSON.";
        }
        return $"the gateway refused with status {status}.";
    }
}

/// <summary>A command can't do what it was asked; the message says why.</summary>
internal sealed class CommandException(string message) : Exception(message);
