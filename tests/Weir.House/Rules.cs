using System.Collections.Frozen;

namespace Weir.House;

/// <summary>Every rule that is a list. Change the house here, and say why in docs/adr/.</summary>
internal static class Rules
{
    /// <summary>The floors inside Weir.Gateway. An arrow may only point to a lower number.</summary>
    public static readonly FrozenDictionary<string, int> Rooms = new Dictionary<string, int>
    {
        ["Errors"] = 0,
        ["Config"] = 1, ["Telemetry"] = 1,
        ["Access"] = 2, ["Audit"] = 2, ["Alerts"] = 2,
        ["Budgets"] = 3, ["RateLimits"] = 3, ["Routing"] = 3, ["Guardrails"] = 3, ["Ledger"] = 3, ["Cache"] = 3,
        ["Pipeline"] = 4,
        ["Endpoints"] = 5, ["Admin"] = 5,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Sideways arrows that are allowed, each with its reason.</summary>
    public static readonly FrozenSet<(string From, string To)> SidewaysAllowed = new HashSet<(string, string)>
    {
        // What is measured, and under which labels, is what the configuration names.
        ("Telemetry", "Config"),
        // Management routes are endpoints: admitted, answered and refused as all the others.
        ("Admin", "Endpoints"),
    }.ToFrozenSet();

    /// <summary>Which house projects a project under src/ may name.</summary>
    public static readonly FrozenDictionary<string, string[]> ProjectReferences = new Dictionary<string, string[]>
    {
        ["Weir.Providers"] = [],
        ["Weir.TestKit"] = [],
        ["Weir.Gateway"] = ["Weir.Providers"],
        ["Weir.Storage"] = ["Weir.Gateway", "Weir.Providers"],
        ["Weir.Server"] = ["Weir.Gateway", "Weir.Providers", "Weir.Storage", "Weir.TestKit"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Types that open sockets. Making one is the outbound connector's work alone.</summary>
    public static readonly FrozenSet<string> SocketOpeners = new HashSet<string>
    {
        "System.Net.Http.HttpClient", "System.Net.Http.HttpClientHandler", "System.Net.Http.SocketsHttpHandler",
        "System.Net.Http.HttpMessageInvoker", "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient",
        "System.Net.Sockets.UdpClient", "System.Net.WebSockets.ClientWebSocket", "System.Net.Mail.SmtpClient",
        "System.Net.WebClient", "System.Net.NetworkInformation.Ping",
        "Npgsql.NpgsqlConnection", "Npgsql.NpgsqlDataSourceBuilder", "Npgsql.NpgsqlSlimDataSourceBuilder",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Namespaces that may make one of <see cref="SocketOpeners"/>, each with its reason.</summary>
    public static readonly string[] SocketOpenersAllowedIn =
    [
        // The one outbound connector, which checks every address at connect.
        "Weir.Providers.Upstream",
        // A database driver opens its own sockets; it connects to the database_url of the operator, never to an address that a caller or a model names.
        "Weir.Storage.Postgres",
    ];

    /// <summary>Endings that say nothing about what a type is.</summary>
    public static readonly string[] EmptySuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Impl", "Base", "Common", "Processor", "Service"];

    /// <summary>No source file is longer than this.</summary>
    public const int LongestFile = 600;

    /// <summary>Files that may be longer: generated ones and wire types, by path.</summary>
    public static readonly FrozenSet<string> LongFilesAllowed = new HashSet<string>
    {
    }.ToFrozenSet(StringComparer.Ordinal);
}
