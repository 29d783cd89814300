using System.Globalization;
using Npgsql;

namespace Weir.Storage.Postgres;

/// <summary>
/// A PostgreSQL URL as libpq, Prisma and with it LiteLLM write it: <c>postgresql://user:password@host:5432/database?sslmode=require</c>.
/// Parts are percent-encoded; a password with a bare <c>@</c> or <c>:</c> is understood too.
/// </summary>
internal sealed class PostgresUrl
{
    /// <summary>
    /// Of its own, because LiteLLM's <c>prisma db push</c> drops tables that it doesn't know from the schema that it uses.
    /// </summary>
    public const string DefaultSchema = "weir";

    /// <summary>Known, and without effect here: they tune Prisma.</summary>
    private static readonly HashSet<string> Idle = new(StringComparer.OrdinalIgnoreCase) { "pgbouncer", "statement_cache_size", "connection_lifetime", "max_idle_connection_lifetime" };

    private readonly NpgsqlConnectionStringBuilder _settings = new()
    {
        ApplicationName = "weir", Timeout = 15, CommandTimeout = 30, MaxPoolSize = 20, IncludeErrorDetail = false, GssEncryptionMode = GssEncryptionMode.Disable,
    };

    private readonly List<string> _unknown = [];
    private bool _strict;
    private bool _askedForEntra;
    private string? _certificate;

    private PostgresUrl()
    {
    }

    /// <summary>What Npgsql is told.</summary>
    public NpgsqlConnectionStringBuilder Settings => _settings;

    /// <summary>Where Weir's tables are.</summary>
    public string Schema { get; private set; } = DefaultSchema;

    /// <summary>Parameters that have no effect.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>An Entra token is the password: asked for by <c>auth=entra</c>, or a server of Azure without a password in the URL.</summary>
    public bool WantsEntra => _askedForEntra || (string.IsNullOrEmpty(_settings.Password) && IsAzure(_settings.Host ?? ""));

    /// <summary>For people: no user, no password.</summary>
    public string Description => $"PostgreSQL database {_settings.Database} on {_settings.Host}{(_settings.Port == NpgsqlConnection.DefaultPort ? "" : ":" + _settings.Port.ToString(CultureInfo.InvariantCulture))}, schema {Schema}";

    /// <exception cref="StorageUrlException">It can't be read; the message never repeats it.</exception>
    public static PostgresUrl Parse(string url)
    {
        var parsed = new PostgresUrl();
        int start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            throw Wrong("it needs // after its scheme");
        }

        string rest = url[(start + 3)..];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        string parameters = query < 0 ? "" : rest[(query + 1)..];
        rest = query < 0 ? rest : rest[..query];

        // A password may hold what should have been encoded: the last @ ends it.
        int at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            parsed.ReadUser(rest[..at]);
            rest = rest[(at + 1)..];
        }

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        parsed.ReadHosts(slash < 0 ? rest : rest[..slash]);
        string database = slash < 0 ? "" : Decoded(rest[(slash + 1)..]).TrimEnd('/');
        if (database.Length > 0)
        {
            parsed._settings.Database = database;
        }

        foreach (string pair in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parsed.Apply(Decoded(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decoded(pair[(equals + 1)..]));
        }

        parsed.Finish();
        return parsed;
    }

    private void Finish()
    {
        if (string.IsNullOrEmpty(_settings.Host))
        {
            throw Wrong("it names no host");
        }

        if (string.IsNullOrEmpty(_settings.Database))
        {
            throw Wrong("it names no database");
        }

        // With a key it is the client's certificate, as in libpq; alone it is Prisma's word for the authority's.
        if (_certificate is not null && _settings.SslKey is not null)
        {
            _settings.SslCertificate = _certificate;
        }
        else if (_certificate is not null)
        {
            _settings.RootCertificate = _certificate;
        }

        if (_strict && _settings.SslMode is SslMode.Prefer or SslMode.Require)
        {
            _settings.SslMode = SslMode.VerifyFull;
        }

        // A token in clear text is a token given away.
        if (WantsEntra && _settings.SslMode is SslMode.Disable or SslMode.Allow or SslMode.Prefer)
        {
            _settings.SslMode = SslMode.Require;
        }
    }

    private void ReadUser(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        _settings.Username = Decoded(colon < 0 ? text : text[..colon]);
        if (colon >= 0 && colon + 1 < text.Length)
        {
            _settings.Password = Decoded(text[(colon + 1)..]);
        }
    }

    private void ReadHosts(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var hosts = text.Split(',');
        if (hosts.Length > 1)
        {
            // Several servers, of which one takes writes.
            _settings.Host = Decoded(text);
            _settings.TargetSessionAttributes = "read-write";
            return;
        }

        int colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']'))
        {
            _settings.Port = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
                ? port
                : throw Wrong("its port is no number from 1 to 65535 (a / or ? in the password is written %2F or %3F)");
            text = text[..colon];
        }

        _settings.Host = Decoded(text).Trim('[', ']');
    }

    private void Apply(string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "schema":
                Schema = value.Length > 0 ? value : DefaultSchema;
                break;
            case "host":
                _settings.Host = value;
                break;
            case "port":
                _settings.Port = Number(name, value, 1);
                break;
            case "user":
                _settings.Username = value;
                break;
            case "password":
                _settings.Password = value;
                break;
            case "dbname":
                _settings.Database = value;
                break;
            case "sslmode":
                _settings.SslMode = ModeOf(value);
                break;
            case "sslaccept":
                _strict = value.Equals("strict", StringComparison.OrdinalIgnoreCase);
                break;
            case "sslrootcert":
                _settings.RootCertificate = value;
                break;
            case "sslcert":
                _certificate = value;
                break;
            case "sslkey":
                _settings.SslKey = value;
                break;
            case "sslpassword":
                _settings.SslPassword = value;
                break;
            case "connection_limit":
                _settings.MaxPoolSize = Number(name, value, 1);
                break;
            case "pool_timeout" or "connect_timeout":
                _settings.Timeout = Number(name, value, 0);
                break;
            case "socket_timeout":
                _settings.CommandTimeout = Number(name, value, 0);
                break;
            case "application_name":
                _settings.ApplicationName = value;
                break;
            case "options":
                _settings.Options = value;
                break;
            case "channel_binding":
                _settings.ChannelBinding = Enum.TryParse<ChannelBinding>(value, ignoreCase: true, out var binding) ? binding : throw Wrong("channel_binding is disable, prefer or require");
                break;
            case "target_session_attrs":
                _settings.TargetSessionAttributes = value;
                break;
            case "auth":
                _askedForEntra = value.Equals("entra", StringComparison.OrdinalIgnoreCase) ? true : throw Wrong("auth is entra, or left out");
                break;
            default:
                if (!Idle.Contains(name))
                {
                    _unknown.Add(name.Length < 40 ? name : name[..40] + "...");
                }

                break;
        }
    }

    private static SslMode ModeOf(string value) => value.ToLowerInvariant() switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Wrong("sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
    };

    private static int Number(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= 65535
            ? number
            : throw Wrong($"{name} is a number from {least} to 65535");

    private static bool IsAzure(string host) =>
        host.EndsWith(".postgres.database.azure.com", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".postgres.database.usgovcloudapi.net", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".postgres.database.chinacloudapi.cn", StringComparison.OrdinalIgnoreCase);

    private static string Decoded(string text) => Uri.UnescapeDataString(text);

    private static StorageUrlException Wrong(string why) =>
        new($"the PostgreSQL URL can't be used: {why}. Write postgresql://user:password@host:5432/database, special characters of the password percent-encoded.");
}
