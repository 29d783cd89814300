using System.Text;
using Weir.Gateway.Audit;
using Weir.Gateway.Audit.Verify;

namespace Weir.Gateway.Tests.Audit;

public sealed class AuditTokenTests : IDisposable
{
    private static readonly AuditCheckpoint Checkpoint = new(
        "r1", 12, new DateTimeOffset(2026, 3, 1, 12, 0, 0, 5, TimeSpan.Zero), true, [new AuditHead("r1", 7, Enumerable.Repeat((byte)0xab, 32).ToArray()), new AuditHead("r2", 1, AuditLink.Zero)]);

    private readonly AuditKey _key = AuditKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_signed_checkpoint_comes_back_and_its_signature_is_checked()
    {
        var token = AuditToken.Read(AuditToken.Make(AuditToken.Checkpoint, Checkpoint.Payload(), _key).Text);
        Assert.NotNull(token);
        using var known = AuditKey.FromPem(_key.PublicPem(), "public");
        using var other = AuditKey.Generate();
        Assert.False(known.CanSign);
        Assert.Equal(_key.Id, known.Id);
        Assert.Equal(AuditSignature.Valid, token.Verify([other, known]));
        Assert.Equal(AuditSignature.UnknownKey, token.Verify([other]));
        var read = AuditCheckpoint.Read(token.Payload);
        Assert.NotNull(read);
        Assert.Equal(Checkpoint.Payload(), read.Payload());
        Assert.Equal("""{"v":1,"chain":"r1","n":12,"at":"2026-03-01T12:00:00.005000Z","full":true,"heads":[{"chain":"r1","seq":7,"hash":"abababababababababababababababababababababababababababababababab"},{"chain":"r2","seq":1,"hash":"0000000000000000000000000000000000000000000000000000000000000000"}]}""", Encoding.UTF8.GetString(token.Payload.Span));
    }

    [Fact]
    public void No_part_of_a_token_can_be_changed()
    {
        var text = AuditToken.Make(AuditToken.Checkpoint, Checkpoint.Payload(), _key).Text;
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            var signature = AuditToken.Read(changed)?.Verify([_key]) ?? AuditSignature.Invalid;

            // The last character holds bits that no byte needs.
            Assert.True(signature != AuditSignature.Valid || i == text.Length - 1, $"character {i}");
        }
    }

    [Fact]
    public void Without_a_key_the_token_is_none_of_those_that_are_signed()
    {
        var token = AuditToken.Make(AuditToken.Checkpoint, Checkpoint.Payload(), null);
        Assert.StartsWith("weir-audit-unsigned.", token.Text, StringComparison.Ordinal);
        Assert.Equal(AuditSignature.Unsigned, AuditToken.Read(token.Text)?.Verify([_key]));
        Assert.Equal(Checkpoint.Payload(), AuditToken.Read(token.Text)?.Payload.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.AAAA")]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.AAAA")]
    [InlineData("weir-audit-unsigned.something.AAAA")]
    public void Other_texts_are_no_tokens(string text) => Assert.Null(AuditToken.Read(text));

    [Fact]
    public void Tokens_are_found_in_the_lines_of_any_log()
    {
        var signed = AuditToken.Make(AuditToken.Checkpoint, Checkpoint.Payload(), _key).Text;
        var unsigned = AuditToken.Make(AuditToken.Checkpoint, Checkpoint.Payload(), null).Text;
        var stretch = AuditToken.Make(AuditToken.Stretch, "{}"u8, _key).Text;
        var log = $$$"""
            2026-03-01 12:00:00 info: Weir.Audit[1040] Audit checkpoint 12: {{{signed}}}
            {"EventId":1040,"Message":"Audit checkpoint 12: {{{signed}}}","State":{"Token":"{{{signed}}}"}}
            Authorization: Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.AAAA
            {{{stretch}}}
            unsigned {{{unsigned}}}, and more
            """;
        Assert.Equal([signed, unsigned], AuditWitness.Read(new StringReader(log)).Select(token => token.Text));
    }

    [Fact]
    public void A_key_of_another_kind_is_refused_and_its_text_never_repeated()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        using var large = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        foreach (var pem in (string[])["nonsense-text", rsa.ExportPkcs8PrivateKeyPem(), large.ExportPkcs8PrivateKeyPem()])
        {
            var error = Assert.Throws<AuditKeyException>(() => AuditKey.FromPem(pem, "key.pem"));
            Assert.Contains("weir audit keygen", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(pem[..12], error.Message, StringComparison.Ordinal);
        }
        Assert.Throws<AuditKeyException>(() => AuditKey.FromFile("/nowhere/key.pem"));
    }
}
