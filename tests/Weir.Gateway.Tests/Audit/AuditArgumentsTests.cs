using Weir.Gateway.Audit;
using Weir.Gateway.Config;

namespace Weir.Gateway.Tests.Audit;

public sealed class AuditArgumentsTests
{
    [Theory]
    [InlineData("""{"password":"hunter2","user":"alice"}""", """{"password":"***","user":"alice"}""")]
    [InlineData("""{"a":{"apiKey":{"x":1}},"max_tokens":5,"tokens":7}""", """{"a":{"apiKey":"***"},"max_tokens":5,"tokens":7}""")]
    [InlineData("""{"access_token":"abc","token":"abc","secret_enabled":true}""", """{"access_token":"***","token":"***","secret_enabled":true}""")]
    [InlineData("""["see sk-proj-0123456789abcdef here","AKIAIOSFODNN7EXAMPLE"]""", """["see *** here","***"]""")]
    [InlineData("""{"note":"ghp_0123456789abcdefghij and eyJhbGciOiJub25l.eyJzdWIiOiIx.c2ln"}""", """{"note":"*** and ***"}""")]
    [InlineData("""{"sk-0123456789abcdef":1}""", """{"***":1}""")]
    [InlineData("""{"key":"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"}""", """{"key":"***"}""")]
    [InlineData("curl -H 'Authorization: Bearer abc.def' https://bob:secret1@host/x", "curl -H 'Authorization: Bearer ***' https://bob:***@host/x")]
    [InlineData("login --password hunter2 --user bob PGPASSWORD=x", "login --password *** --user bob PGPASSWORD=***")]
    [InlineData("kubectl get pods -n prod", "kubectl get pods -n prod")]
    public void Secrets_are_masked_and_the_rest_stays(string arguments, string kept) => Assert.Equal(kept, AuditArguments.Of(arguments, AuditArgumentsMode.Masked));

    [Fact]
    public void The_rest_is_cut_at_256_characters_and_never_inside_one()
    {
        Assert.Equal(new string('a', 256), AuditArguments.Of(new string('a', 5000), AuditArgumentsMode.Masked));
        Assert.Equal(new string('a', 255), AuditArguments.Of(new string('a', 255) + "\ud83d\ude00", AuditArgumentsMode.Masked));
    }

    [Fact]
    public void A_hash_or_nothing_is_kept_where_that_is_asked_for()
    {
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", AuditArguments.Of("abc", AuditArgumentsMode.Hash));
        Assert.Equal("", AuditArguments.Of("abc", AuditArgumentsMode.Off));
        Assert.Equal("", AuditArguments.Of("", AuditArgumentsMode.Hash));
    }

    [Fact]
    public void A_text_made_to_be_slow_is_not()
    {
        var text = string.Concat(Enumerable.Repeat("-----BEGIN token password:", 20_000));
        Assert.True(AuditArguments.Of(text, AuditArgumentsMode.Masked).Length <= AuditArguments.MaxCharacters);
    }
}
