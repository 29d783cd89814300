using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Tests.Errors;

public sealed class ErrorTests
{
    [Fact]
    public void Every_kind_has_a_row_with_a_status_that_HTTP_knows() => Assert.All(Enum.GetValues<ErrorKind>(), kind =>
    {
        var row = ErrorCatalog.Of(kind);
        Assert.InRange(row.Status, 400, 599);
        Assert.NotEqual("", row.Type);
    });

    [Theory]
    [InlineData("NoKey", 401, "auth_error")]
    [InlineData("KeyMalformed", 401, "auth_error")]
    [InlineData("KeyUnknown", 401, "token_not_found_in_db")]
    [InlineData("InvalidJson", 400, "invalid_request_error")]
    [InlineData("UnknownModel", 400, "invalid_request_error")]
    [InlineData("MissingMember", 400, "invalid_request_error")]
    [InlineData("BodyTooLarge", 413, "invalid_request_error")]
    [InlineData("UnsupportedEncoding", 415, "invalid_request_error")]
    [InlineData("AllCoolingDown", 429, "throttling_error")]
    [InlineData("NoHealthyDeployment", 400, "invalid_request_error")]
    [InlineData("TagMismatch", 401, "auth_error")]
    [InlineData("LedgerFull", 503, "overloaded_error")]
    [InlineData("ClientGone", 499, "client_closed_request")]
    [InlineData("UpstreamTimeout", 408, "timeout_error")]
    [InlineData("UpstreamConnection", 500, "api_connection_error")]
    [InlineData("Internal", 500, "internal_server_error")]
    public void The_cases_of_LiteLLM_have_its_statuses(string kind, int status, string type)
    {
        var row = ErrorCatalog.Of(Enum.Parse<ErrorKind>(kind));
        Assert.Equal((status, type), (row.Status, row.Type));
    }

    [Fact]
    public void An_envelope_is_LiteLLMs() => Assert.Equal(
        """{"error":{"message":"No \"such\" <model> ä\n","type":"invalid_request_error","param":"model","code":"400"}}""",
        Envelope(new GatewayError(ErrorKind.UnknownModel, "No \"such\" <model> ä\n") { Param = "model" }));

    [Fact]
    public void What_is_missing_is_null_and_what_is_there_wins_over_the_catalog() => Assert.Equal(
        """{"error":{"message":"m","type":null,"param":null,"code":"404"}}""", Envelope(new GatewayError(ErrorKind.RouteNotFound, "m")));

    [Fact]
    public void Provider_fields_and_the_call_id_travel_along() => Assert.Equal(
        """{"error":{"message":"m","type":"t","param":null,"code":"529","provider_specific_fields":{"innererror":{"code":"x"}},"litellm_call_id":"c-1"}}""",
        Envelope(new GatewayError(ErrorKind.UpstreamServerError, "m") { Status = 529, Type = "t", ProviderFields = """{"innererror":{"code":"x"}}"""u8.ToArray() }, "c-1"));

    [Fact]
    public void An_event_is_one_line_whatever_the_message_holds()
    {
        var target = new ArrayBufferWriter<byte>();
        ErrorEnvelope.WriteEvent(target, new GatewayError(ErrorKind.StreamBroken, "a\r\n\r\ndata: [DONE]\n\n\u2028"), WireFormat.OpenAIChat);
        var text = Encoding.UTF8.GetString(target.WrittenSpan);
        Assert.StartsWith("data: {", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n\n", text, StringComparison.Ordinal);
        Assert.Equal(-1, text[..^2].AsSpan().IndexOfAny('\r', '\n'));
        using var document = JsonDocument.Parse(text["data: ".Length..]);
        Assert.Equal("500", document.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    private static string Envelope(GatewayError error, string? callId = null)
    {
        var target = new ArrayBufferWriter<byte>();
        ErrorEnvelope.Write(target, error, callId, WireFormat.OpenAIChat);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
