using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>What OpenAI says to a request that it can't read.</summary>
internal static class OpenAIRefusal
{
    public static Fault Missing(string member) => Fault.Http(400) with
    {
        Message = $"Missing required parameter: '{member}'.", Param = member, Code = "missing_required_parameter",
    };

    public static Fault Invalid(string member, string message, string code = "invalid_value") =>
        Fault.Http(400) with { Message = message, Param = member, Code = code };

    public static Fault NotFound(string message) => Fault.Http(404) with { Message = message, Type = "invalid_request_error", Code = "" };
}
