using CsCheck;
using Weir.Providers.Ids;

namespace Weir.Providers.Tests.Ids;

/// <summary>A wrapped id opens for its owner alone.</summary>
public sealed class WrappedIdsTests
{
    private static readonly WrappedIds Ids = new(new Secret("sk-salt-1"));

    private static readonly Gen<string> Name = Gen.OneOf(Gen.String, Gen.String[Gen.Char['a', 'z'], 0, 40]).Where(text => IsUnicode(text));

    private static readonly Gen<string> UpstreamId = Gen.Select(Gen.OneOf("resp_", "file-", "batch_", "conv_", "upload_", "files/", "", "msgbatch_", "arn:aws:x/"), Name,
        (prefix, rest) => prefix + rest).Where(id => id.Length > 0);

    [Fact]
    public void What_was_wrapped_for_an_owner_opens_for_that_owner() => Gen.Select(UpstreamId, Name, Name).Sample(
        (id, owner, deployment) =>
        {
            var wrapped = Ids.Wrap(id, owner, deployment);
            Assert.True(Ids.TryUnwrap(wrapped, owner, out var issued));
            Assert.Equal(new IssuedId(deployment, id), issued);
            Assert.Equal(wrapped, new WrappedIds(new Secret("sk-salt-1")).Wrap(id, owner, deployment));
        },
        iter: 2000);

    [Fact]
    public void It_opens_for_nobody_else() => Gen.Select(UpstreamId, Name, Name, Name).Where((_, owner, other, _) => owner != other).Sample(
        (id, owner, other, deployment) =>
        {
            var wrapped = Ids.Wrap(id, owner, deployment);
            Assert.False(Ids.TryUnwrap(wrapped, other, out var issued));
            Assert.Equal(default, issued);
            Assert.False(new WrappedIds(new Secret("sk-salt-2")).TryUnwrap(wrapped, owner, out _));
            Assert.NotEqual(wrapped, Ids.Wrap(id, other, deployment));
        },
        iter: 2000);

    [Fact]
    public void No_damaged_id_opens() => Gen.Select(UpstreamId, Gen.Int[0, 1 << 20], Gen.Char[' ', '~'], Gen.Int[0, 3]).Sample(
        (id, at, letter, how) =>
        {
            var wrapped = Ids.Wrap(id, "team-a", "deployment-1");
            at %= wrapped.Length;
            var damaged = how switch
            {
                0 => wrapped[..at],
                1 => wrapped.Insert(at, letter.ToString()),
                2 => wrapped.Remove(at, 1),
                _ => wrapped[..at] + letter + wrapped[(at + 1)..],
            };
            Assert.True(damaged == wrapped || !Ids.TryUnwrap(damaged, "team-a", out _), $"{damaged} opened");
        },
        iter: 5000);

    [Theory]
    [InlineData("resp_68f1", "resp_")]
    [InlineData("file-abc", "file-")]
    [InlineData("batch_1", "batch_")]
    [InlineData("conv_1", "conv_")]
    [InlineData("upload_1", "upload_")]
    [InlineData("files/abc", "files/")]
    [InlineData("7f3c-11", "id_")]
    [InlineData("_x", "id_")]
    public void The_prefix_stays_and_can_not_be_changed(string id, string prefix)
    {
        var wrapped = Ids.Wrap(id, "team-a", "deployment-1");
        Assert.StartsWith(prefix, wrapped);
        Assert.Matches("^[A-Za-z0-9_-]+$", wrapped[prefix.Length..]);
        Assert.DoesNotContain("deployment", wrapped);
        Assert.False(Ids.TryUnwrap("other_" + wrapped[prefix.Length..], "team-a", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("resp_")]
    [InlineData("resp_68f1")]
    [InlineData("resp_AQ")]
    [InlineData("resp_AQ==")]
    [InlineData("résp_")]
    public void An_id_that_was_never_wrapped_is_unknown(string id) => Assert.False(Ids.TryUnwrap(id, "team-a", out _));

    [Fact]
    public void An_endless_id_is_unknown_and_an_endless_upstream_id_refused()
    {
        Assert.False(Ids.TryUnwrap("resp_" + new string('A', 1 << 20), "team-a", out _));
        Assert.Throws<ArgumentException>(() => Ids.Wrap(new string('a', 10_000), "team-a", "d"));
        Assert.Throws<ArgumentException>(() => new WrappedIds(new Secret("")));
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }
        return true;
    }
}
