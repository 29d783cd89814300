using System.Text;
using Weir.Gateway.Audit;

namespace Weir.Gateway.Tests.Audit;

public sealed class AuditBodyTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 13, 0, 0, 123, TimeSpan.FromHours(1));

    [Fact]
    public void Members_stand_in_one_order_and_empty_ones_are_left_out()
    {
        Assert.Equal(
            """{"v":1,"at":"2026-03-01T12:00:00.123000Z","kind":"admin","action":"key.generate","target":"alice"}""",
            Write(new AuditEvent { At = At, Kind = AuditKind.Admin, Action = "key.generate", Target = "alice" }));
        Assert.Equal(
            """{"v":1,"at":"2026-03-01T12:00:00.123000Z","kind":"tool","call_id":"c-1","action":"call","state":"denied","key":"ab","key_alias":"dev","team":"t","user":"u","target":"kubectl","rule":"no-delete (config.yaml:12)","arguments":"{\"a\":\"ü\"}","status":403}""",
            Write(new AuditEvent
            {
                Status = 403, Arguments = """{"a":"ü"}""", Rule = "no-delete (config.yaml:12)", Target = "kubectl", User = "u", Team = "t", KeyAlias = "dev", KeyHash = "ab",
                State = AuditState.Denied, Action = "call", CallId = "c-1", Kind = AuditKind.Tool, At = At,
            }));
    }

    [Fact]
    public void What_no_database_takes_is_replaced_and_a_long_text_is_cut_at_a_character()
    {
        var body = Write(new AuditEvent { At = At, Kind = AuditKind.Tool, Action = "a\0b\ud800c", Target = new string('漢', 1000) });
        Assert.Contains("\"action\":\"a\ufffdb\ufffdc\"", body, StringComparison.Ordinal);
        Assert.Contains($"\"target\":\"{new string('漢', AuditBody.MaxTextBytes / 3)}\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_that_is_used_again_begins_anew()
    {
        using var body = new AuditBody();
        body.Write(new AuditEvent { At = At, Kind = AuditKind.Stop, Action = "stop", Target = "everything" });
        body.Write(new AuditEvent { At = At, Kind = AuditKind.Stop, Action = "go" });
        Assert.Equal("""{"v":1,"at":"2026-03-01T12:00:00.123000Z","kind":"stop","action":"go"}""", Encoding.UTF8.GetString(body.Written));
    }

    [Fact]
    public void The_hash_is_that_of_the_written_rule()
    {
        // What anybody can compute with other tools: sha256 of previous, seq, length of the name, name, body.
        byte[] hash = new byte[AuditLink.HashBytes];
        AuditLink.Hash(AuditLink.Zero, 258, "r1"u8, "{}"u8, hash);
        byte[] bytes = [.. AuditLink.Zero, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 2, (byte)'r', (byte)'1', (byte)'{', (byte)'}'];
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(bytes), hash);
        AuditLink.Hash(hash, 259, "r1"u8, new byte[5000], hash);
        Assert.NotEqual(System.Security.Cryptography.SHA256.HashData(bytes), hash);
    }

    [Fact]
    public void Every_kind_and_state_has_a_word_of_its_own()
    {
        Assert.All(Enum.GetValues<AuditKind>(), kind => Assert.Equal(kind, AuditNames.KindOf(AuditNames.Of(kind))));
        Assert.Equal(Enum.GetValues<AuditState>().Length, Enum.GetValues<AuditState>().Select(AuditNames.Of).Distinct().Count());
        Assert.Null(AuditNames.KindOf("something"));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], Enum.GetValues<AuditKind>().Select(kind => (int)kind));
    }

    private static string Write(AuditEvent what)
    {
        using var body = new AuditBody();
        body.Write(what);
        return Encoding.UTF8.GetString(body.Written);
    }
}
