using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>A static key in a header; the header's text is made once.</summary>
public sealed class ApiKeyCredential : ICredential
{
    private readonly string _header;
    private readonly string _value;

    /// <summary>Sends the key as a provider wants it.</summary>
    /// <exception cref="FormatException">The key holds a character that no header may carry; the message does not show it.</exception>
    public ApiKeyCredential((string Header, string Prefix) place, Secret key)
        : this(place.Header, place.Prefix, key)
    {
    }

    /// <summary>Sends <paramref name="prefix"/> and the key in <paramref name="header"/> (see <see cref="IProvider.KeyHeader"/>).</summary>
    /// <exception cref="FormatException">The key holds a character that no header may carry; the message does not show it.</exception>
    public ApiKeyCredential(string header, string prefix, Secret key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _header = header;

        // Keys out of files and secret stores often end in a newline, which would split the header.
        _value = prefix + key.Reveal().Trim();
        foreach (var c in _value)
        {
            if (c is < ' ' or > '~')
            {
                throw new FormatException("The API key holds a character that an HTTP header can't carry (a line break, or one outside ASCII).");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<UpstreamFault?> ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Headers.Remove(_header);
        request.Headers.TryAddWithoutValidation(_header, _value);
        return default;
    }

    /// <inheritdoc/>
    public bool Invalidate() => false;
}
