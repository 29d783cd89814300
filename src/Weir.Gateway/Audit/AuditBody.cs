using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Gateway.Audit;

/// <summary>
/// Writes the one form of an audit row that is hashed, stored, exported and shown: a JSON object in UTF-8 without white space, its members in
/// a fixed order, empty ones left out. Reused for row after row; not safe for concurrent use.
/// </summary>
public sealed class AuditBody : IDisposable
{
    /// <summary>The form's version, the first member. It says which members a body may have, so that an absent one is known to be empty.</summary>
    public const int Version = 1;

    /// <summary>A longer text is cut at a character: a caller's free text must not be able to fill the journal.</summary>
    public const int MaxTextBytes = 1024;

    private static readonly long EarliestMicros = (DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    private static readonly long LatestMicros = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly Utf8JsonWriter _json;

    /// <summary>Nothing written yet.</summary>
    public AuditBody() => _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>What was written since <see cref="Begin"/>, whole after <see cref="End"/>; valid until the next row.</summary>
    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    /// <summary>What every row of that time, kind and request begins with.</summary>
    internal ReadOnlySpan<byte> Begun
    {
        get
        {
            _json.Flush();
            return _output.WrittenSpan;
        }
    }

    /// <summary>Begins a row.</summary>
    /// <param name="atMicros">When, microseconds since 1970 UTC.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="callId">The request, or empty.</param>
    public void Begin(long atMicros, AuditKind kind, ReadOnlySpan<byte> callId)
    {
        _output.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("v"u8, Version);
        Span<byte> time = stackalloc byte[32];
        var at = DateTime.UnixEpoch.AddTicks(Math.Clamp(atMicros, EarliestMicros, LatestMicros) * TimeSpan.TicksPerMicrosecond);
        at.TryFormat(time, out var length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        _json.WriteString("at"u8, time[..length]);
        _json.WriteString("kind"u8, AuditNames.Of(kind));
        Text("call_id"u8, callId);
    }

    /// <summary>A text; nothing when it is empty. What no database takes in a text becomes U+FFFD.</summary>
    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return;
        }
        if (utf8.Contains((byte)0) || !Utf8.IsValid(utf8))
        {
            utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8).Replace('\0', '\uFFFD'));
        }
        if (utf8.Length > MaxTextBytes)
        {
            var end = MaxTextBytes;
            while ((utf8[end] & 0xC0) == 0x80)
            {
                end--;
            }
            utf8 = utf8[..end];
        }
        _json.WriteString(name, utf8);
    }

    /// <summary>A text; nothing when it is empty.</summary>
    public void Text(ReadOnlySpan<byte> name, string text) => Text(name, Encoding.UTF8.GetBytes(text));

    /// <summary>A number; nothing when it is 0.</summary>
    public void Number(ReadOnlySpan<byte> name, long value)
    {
        if (value != 0)
        {
            _json.WriteNumber(name, value);
        }
    }

    /// <summary>A flag; nothing when it is false.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            _json.WriteBoolean(name, true);
        }
    }

    /// <summary>Ends the row.</summary>
    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Writes an event as a row.</summary>
    public void Write(AuditEvent what)
    {
        ArgumentNullException.ThrowIfNull(what);
        Begin(MicrosOf(what.At), what.Kind, Encoding.UTF8.GetBytes(what.CallId));
        Text("action"u8, what.Action);
        Text("state"u8, AuditNames.Of(what.State));
        Text("key"u8, what.KeyHash);
        Text("key_alias"u8, what.KeyAlias);
        Text("team"u8, what.Team);
        Text("user"u8, what.User);
        Text("target"u8, what.Target);
        Text("rule"u8, what.Rule);
        Text("arguments"u8, what.Arguments);
        Number("status"u8, what.Status);
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    /// <summary>Microseconds since 1970 UTC, rounded towards the past.</summary>
    internal static long MicrosOf(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);
}
