using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>What Weir decides on is what any upstream reads from the bytes that it is sent.</summary>
public sealed class RequestPropertyTests
{
    private static readonly string[] Names =
    [
        "model", "stream", "stream_options", "n", "user", "messages", "tools", "metadata", "tags", "temperature", "seed", "x", "max_tokens", "api_key", "mock_response",
        "models", "streams", "", "näme", "🙂", "__proto__", "constructor", "toString", "fallbacks",
    ];

    private static readonly string[] Texts = ["a", "gpt-4o", "ü", "🙂", "\\u0061", "\\n", "\\ud83d\\ude42", "\\ud83d", "\\udc00x", "", "\\u0000", "\\\"", "\\/", "a\\u0000b", "\u2028", "\u0001", "\\x"];

    private static readonly string[] Scalars =
    [
        "true", "false", "null", "1", "2", "0", "-0", "1.0", "1e2", "1E400", "0.1", "9007199254740993", "123456789012345678901234567890", "01", "True", "NaN", "+1", "1.", "tru",
    ];

    private static readonly Gen<string> Space = Gen.Frequency((6, Gen.Const("")), (2, Gen.OneOf(" ", "\n", "\r\n", "\t ")));

    private static readonly Gen<string> Name = Gen.Select(Gen.OneOf(Names), Gen.Int[0, 30], Gen.Int[0, 40]).Select((name, how, at) => how switch
    {
        0 => name.ToUpperInvariant(),
        1 => name.Replace('s', 'ſ').Replace('k', '\u212a'),
        2 => name + "\\ud800",
        < 9 when name.Length > 0 && char.IsAscii(name[at % name.Length]) => name[..(at % name.Length)] + $"\\u{(int)name[at % name.Length]:x4}" + name[((at % name.Length) + 1)..],
        _ => name,
    });

    private static readonly Gen<string> Value = Nested(3);

    private static readonly Gen<string> Options = Gen.Select(
        Gen.OneOf("include_usage", "include_usage", "include\\u005fusage", "Include_usage", "x").Array[0, 2], Gen.OneOf("true", "false", "null", "true", "1"), Space,
        (names, value, space) => $"{{{space}{string.Join(',', names.Select(n => $"\"{n}\"{space}:{value}"))}{space}}}");

    private static readonly Gen<byte[]> Bodies = Gen.Select(
        Gen.Select(Name, Space, Space, Value, Options, Gen.Int[0, 9]).Array[0, 9], Gen.Int[0, 60], Gen.Int[0, 400], Gen.Bool,
        (members, twist, at, wellFormed) =>
        {
            var text = new StringBuilder("{");
            foreach (var (name, before, after, value, options, how) in members)
            {
                text.Append(text.Length > 1 ? "," : "").Append(before).Append('"').Append(name).Append('"').Append(after).Append(':').Append(before)
                    .Append(wellFormed && how < 8 ? Fitting(name, value, options) : value).Append(after);
            }
            var bytes = Encoding.UTF8.GetBytes(text.Append('}').ToString());
            return twist switch
            {
                0 => bytes[..Math.Min(at, bytes.Length)],
                1 => [.. bytes, .. "{}"u8],
                2 => [.. bytes.AsSpan(0, Math.Min(at, bytes.Length)), 0xFF, .. bytes.AsSpan(Math.Min(at, bytes.Length))],
                3 => [.. bytes.AsSpan(0, Math.Min(at, bytes.Length)), 0xED, 0xA0, 0x80, .. bytes.AsSpan(Math.Min(at, bytes.Length))],
                4 => [0xEF, 0xBB, 0xBF, .. bytes],
                _ => bytes,
            };
        });

    private static readonly Gen<RequestPatch> Patches = Gen.Select(
        Gen.OneOf("seed", "x", "tools", "tools.x", "x.x", "x.seed", "x.model", "messages.x", "stream_options.x", "user.a", "temperature").Array[0, 4],
        Gen.OneOf("seed", "x", "temperature", "stream", "model", "stream_options", "top_k").Array[0, 3], Gen.Bool,
        (drop, defaults, model) => new RequestPatch
        {
            Model = model ? "\"the/real-\\u0061\""u8.ToArray() : default,
            Drop = drop,
            Defaults = defaults.Distinct().ToDictionary(d => d, d => (ReadOnlyMemory<byte>)(d == "stream_options" ? "{\"y\":1}"u8.ToArray() : "[1,{\"x\":null}]"u8.ToArray())),
        });

    [Fact]
    public void A_body_is_refused_or_System_Text_Json_reads_from_what_leaves_what_was_decided() => Gen.Select(Bodies, Patches, Gen.Bool).Sample(
        (body, patch, wantUsage) =>
        {
            if (Decide(body, patch, wantUsage) is { } decided)
            {
                Assert.Equal(decided.Line, Line(decided.Sent));
            }
        },
        iter: 20_000);

    [Fact]
    public void What_leaves_holds_nothing_that_was_taken_out_and_all_unknown_members_as_they_came() => Gen.Select(Bodies, Patches, Gen.Bool).Sample(
        (body, patch, wantUsage) =>
        {
            if (Decide(body, patch, wantUsage) is not { } decided)
            {
                return;
            }
            var after = new RequestView();
            Assert.Null(RequestReader.Read(decided.Sent, after));
            foreach (ref readonly var member in after.Members)
            {
                Assert.False(RequestMembers.IsTakenOut(member.Member, WireFormat.OpenAIChat) || RequestMembers.NamesEndpointOrCredential(member.Member));
                Assert.DoesNotContain(RequestPatcher.NameOf(decided.Sent, member.NameStart), patch.Drop);
            }
            var untouched = decided.View.Members.ToArray().Where(m => m.Member == RequestMember.Unknown)
                .Select(m => (Name: RequestPatcher.NameOf(body, m.NameStart), Raw: Encoding.UTF8.GetString(body[m.NameStart..m.Value.End])))
                .Where(m => !patch.Drop.Any(d => d == m.Name || d.StartsWith(m.Name + ".", StringComparison.Ordinal)));
            var sent = after.Members.ToArray().Select(m => Encoding.UTF8.GetString(decided.Sent[m.NameStart..m.Value.End])).ToHashSet();
            Assert.All(untouched, m => Assert.Contains(m.Raw, sent));
        },
        iter: 5000);

    [Fact]
    public async Task Node_and_Python_read_from_what_leaves_what_was_decided()
    {
        var decided = new List<Decided>();
        Gen.Select(Bodies, Patches, Gen.Bool).Sample(
            (body, patch, wantUsage) =>
            {
                if (Decide(body, patch, wantUsage) is { } one)
                {
                    lock (decided)
                    {
                        decided.Add(one);
                    }
                }
            },
            iter: 6000);
        Assert.InRange(decided.Count, 300, 6000);
        var read = 0;
        foreach (var lines in new[]
        {
            await OtherReaders.ReadWithNodeAsync(decided.Select(d => d.Sent), TestContext.Current.CancellationToken),
            await OtherReaders.ReadWithPythonAsync(decided.Select(d => d.Sent), TestContext.Current.CancellationToken),
        })
        {
            if (lines is null)
            {
                continue;
            }
            read++;
            Assert.Equal(decided.Count, lines.Length);
            for (var i = 0; i < lines.Length; i++)
            {
                Assert.True(decided[i].Line == lines[i], $"{decided[i].Line}\n{lines[i]}\n{Encoding.UTF8.GetString(decided[i].Sent)}");
            }
        }
        Assert.SkipWhen(read == 0, "Neither node nor python3 is installed.");
    }

    private sealed record Decided(byte[] Sent, string Line, RequestView View);

    /// <summary>What Weir decided on, and the bytes that leave; null when the body is refused.</summary>
    private static Decided? Decide(byte[] body, RequestPatch patch, bool wantUsage)
    {
        var view = new RequestView();
        if (RequestReader.Read(body, view) is not null)
        {
            return null;
        }
        var target = new PatchedBody();
        RequestPatcher.Apply(body, view, patch, wantUsage, [], target);
        var model = patch.Model.IsEmpty ? view.Text(body, RequestMember.Model) : "the/real-a";
        var asked = wantUsage && view.Stream && !patch.Drop.Any(d => d.StartsWith("stream_options", StringComparison.Ordinal));
        var usage = asked ? "true" : view.IncludeUsage is { } sent ? sent ? "true" : Raw(body, view.IncludeUsageValue) : "-";
        var n = view.Value(RequestMember.N) is not { } number ? "-" : Scalar(body, number);
        var user = view.Value(RequestMember.User) is not { } span ? "-" : Scalar(body, span);
        var stream = view.Value(RequestMember.Stream) is not { } flag ? "-" : view.Stream ? "true" : Raw(body, flag);
        return new Decided(target.ToArray(), string.Join(' ', model is null ? "-" : OtherReaders.Text(model), stream, usage, n, user), view);
    }

    private static string Raw(byte[] body, ByteSpan span) => Encoding.UTF8.GetString(body[span.Start..span.End]);

    private static string Scalar(byte[] body, ByteSpan span)
    {
        var reader = new Utf8JsonReader(body.AsSpan(span.Start, span.Length));
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => OtherReaders.Text(Unescape(Raw(body, span))),
            JsonTokenType.Number => OtherReaders.Number(reader.GetDouble()),
            JsonTokenType.StartObject or JsonTokenType.StartArray => "object",
            _ => Raw(body, span),
        };
    }

    private static string Line(byte[] sent)
    {
        using var document = JsonDocument.Parse(sent, new JsonDocumentOptions { MaxDepth = 200 });
        var root = document.RootElement;
        var options = root.TryGetProperty("stream_options", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        return string.Join(' ', Say(root, "model"), Say(root, "stream"), options.ValueKind == JsonValueKind.Object ? Say(options, "include_usage") : "-", Say(root, "n"), Say(root, "user"));
    }

    private static string Say(JsonElement element, string name) => !element.TryGetProperty(name, out var value) ? "-" : value.ValueKind switch
    {
        JsonValueKind.String => OtherReaders.Text(Unescape(value.GetRawText())),
        JsonValueKind.Number => OtherReaders.Number(value.GetDouble()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => "object",
    };

    /// <summary>A JSON string as UTF-16, half surrogate pairs included: System.Text.Json reads the document but won't decode those.</summary>
    private static string Unescape(string quoted)
    {
        var text = new StringBuilder();
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                text.Append(quoted[i]);
                continue;
            }
            i++;
            text.Append(quoted[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)Convert.ToUInt16(quoted.Substring(i + 1, 4), 16),
                var other => other,
            });
            i += quoted[i] == 'u' ? 4 : 0;
        }
        return text.ToString();
    }

    /// <summary>A value of the type that the member wants, so that most bodies are taken.</summary>
    private static string Fitting(string name, string value, string options) => name switch
    {
        "model" or "user" => value.StartsWith('"') ? value : "\"gpt\"",
        "stream" => value is "true" or "false" or "null" ? value : "true",
        "stream_options" => options,
        "n" => value.Length > 0 && char.IsDigit(value[0]) && value is not ("01" or "1." or "1E400") ? value : "3",
        _ => value,
    };

    private static Gen<string> Scalar() => Gen.Frequency(
        (4, Gen.OneOf(Scalars[..9])), (1, Gen.OneOf(Scalars)), (4, Gen.OneOf(Texts[..7]).Select(t => $"\"{t}\"")), (1, Gen.OneOf(Texts).Array[0, 3].Select(t => $"\"{string.Concat(t)}\"")));

    private static Gen<string> Nested(int depth)
    {
        if (depth == 0)
        {
            return Scalar();
        }
        var inner = Nested(depth - 1);
        return Gen.Frequency((6, Scalar()), (1, inner.Array[0, 3].Select(v => $"[{string.Join(',', v)}]")), (2, Members(inner, 4)));
    }

    private static Gen<string> Members(Gen<string> value, int most) =>
        Gen.Select(Gen.OneOf(Names), value).Array[0, most].Select(m => "{" + string.Join(',', m.Select(p => $"\"{p.Item1}\":{p.Item2}")) + "}");
}
