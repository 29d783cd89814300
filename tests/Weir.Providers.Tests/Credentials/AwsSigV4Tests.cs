using System.Security.Cryptography;
using System.Text;
using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Providers.Tests.Credentials;

/// <summary>
/// Published signatures, restated as facts. "suite": the AWS Signature Version 4 test suite (all of its requests are made at
/// 2015-08-30T12:36:00Z in us-east-1 for the service named "service"). "guide": the ListUsers example of the AWS signing documentation.
/// "sdk": what AWS's SDK for JavaScript (its signature-v4 5.7.5) puts on a Bedrock request, because the suite has no path that is encoded
/// before it is signed.
/// </summary>
public sealed class AwsSigV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Stamp = "20150830T123600Z";
    private const string LongToken = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
        + "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypN"
        + "C9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    public static readonly TheoryData<string, string, string, string[], string, string, string> Suite = new()
    {
        { "get-vanilla", "GET /", "", [], "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        { "post-vanilla", "POST /", "", [], "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
        {
            "get-vanilla-with-session-token", "GET /", "", ["X-Amz-Security-Token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"], "",
            "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"
        },
        { "post-sts-header-before", "POST /", "", ["X-Amz-Security-Token:" + LongToken], "", "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" },
        { "get-vanilla-query-order-key-case", "GET /", "Param2=value2&Param1=value1", [], "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
        { "get-vanilla-query-order-encoded", "GET /", "Param-3=Value3&Param=Value2&%E1%88%B4=Value1", [], "", "host;x-amz-date", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac" },
        { "get-vanilla-utf8-query", "GET /", "ሴ=bar", [], "", "host;x-amz-date", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" },
        { "post-vanilla-empty-query-value", "POST /", "Param1=value1", [], "", "host;x-amz-date", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11" },
        {
            "get-header-value-trim", "GET /", "", ["My-Header1: value1", "My-Header2: \"a   b   c\""], "", "host;my-header1;my-header2;x-amz-date",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        },
        {
            "get-header-key-duplicate", "GET /", "", ["My-Header1:value2", "My-Header1:value2", "My-Header1:value1"], "", "host;my-header1;x-amz-date",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
        },
        { "get-space", "GET /example space/", "", [], "", "host;x-amz-date", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
        { "get-utf8", "GET /ሴ", "", [], "", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
        {
            "get-unreserved", "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", [], "", "host;x-amz-date",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        },
        { "get-slashes", "GET //example//", "", [], "", "host;x-amz-date", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84" },
        { "get-slash-dot-slash", "GET /./", "", [], "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        { "get-slash-pointless-dot", "GET /./example", "", [], "", "host;x-amz-date", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5" },
        { "get-relative-relative", "GET /example1/example2/../..", "", [], "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        {
            "post-x-www-form-urlencoded", "POST /", "",
            ["Content-Type:application/x-www-form-urlencoded", "Content-Length:13", "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"],
            "Param1=value1", "content-length;content-type;host;x-amz-content-sha256;x-amz-date", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"
        },
    };

    [Theory]
    [MemberData(nameof(Suite))]
    public void The_suites_requests_get_the_suites_signatures(string name, string line, string query, string[] headers, string body, string signed, string signature)
    {
        Assert.NotEmpty(name);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var request = Request(line[..space], line[(space + 1)..], query, ["Host:example.amazonaws.com", "X-Amz-Date:" + Stamp, .. headers], body);
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={signed}, Signature={signature}",
            AwsSigV4.Authorization(request, "AKIDEXAMPLE", Key("us-east-1", "service"), Stamp));
    }

    [Fact]
    public void The_suites_canonical_request_and_string_to_sign_are_met_to_the_letter()
    {
        var canonical = AwsSigV4.CanonicalRequest(Request("GET", "/", "", ["Host:example.amazonaws.com", "X-Amz-Date:" + Stamp], ""), out var signed);
        Assert.Equal("GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", canonical);
        Assert.Equal("host;x-amz-date", signed);
        Assert.Equal(
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\nbb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
            AwsSigV4.StringToSign(canonical, "20150830/us-east-1/service/aws4_request", Stamp));
    }

    [Fact]
    public void The_guides_ListUsers_example_gets_the_guides_signature()
    {
        var request = Request("GET", "/", "?Action=ListUsers&Version=2010-05-08",
            ["content-type:application/x-www-form-urlencoded; charset=utf-8", "host:iam.amazonaws.com", "x-amz-date:" + Stamp], "");
        var canonical = AwsSigV4.CanonicalRequest(request, out _);
        Assert.Equal("f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        Assert.EndsWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            AwsSigV4.Authorization(request, "AKIDEXAMPLE", Key("us-east-1", "iam"), Stamp), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", "converse", "d361020ea6d960d7768eb6f5ce6773f7114bea60465f74d41861acdb1a81f3c3")]
    [InlineData("arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0", "converse-stream", "38059742ef44456666b2bacb95308cae45b7ca73a36c5c7e227b548ebb4680b9")]
    public void A_models_name_in_the_path_is_encoded_twice_as_AWSs_SDK_does(string model, string operation, string signature)
    {
        var request = Request("POST", $"/model/{AwsSigV4.EncodeSegment(model)}/{operation}", "",
            ["host:bedrock-runtime.eu-central-1.amazonaws.com", "content-type:application/json", "x-amz-date:" + Stamp, "x-amz-security-token:session/token+1=="],
            """{"messages":[{"role":"user","content":[{"text":"Grüße"}]}]}""");
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=" + signature,
            AwsSigV4.Authorization(request, "AKIDEXAMPLE", Key("eu-central-1", "bedrock"), Stamp));
    }

    private static AwsSigningKey Key(string region, string service) => new(new Secret(Secret), new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero), region, service);

    private static AwsRequest Request(string method, string path, string query, string[] headers, string body) => new(
        method, path, query,
        [.. headers.Select(h => new KeyValuePair<string, string>(h[..h.IndexOf(':', StringComparison.Ordinal)], h[(h.IndexOf(':', StringComparison.Ordinal) + 1)..]))],
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))));
}
