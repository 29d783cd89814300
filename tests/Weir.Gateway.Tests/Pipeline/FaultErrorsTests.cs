using Weir.Gateway.Config;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Routing;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Pipeline;

public sealed class FaultErrorsTests
{
    private static readonly RoutingTrail Silent = new(new RouterConfig(), false, "gpt", [], 0, 0, null);

    [Theory]
    [InlineData(FaultKind.ConnectFailed, 0, 500, "APIConnectionError")]
    [InlineData(FaultKind.AddressRefused, 0, 500, "APIConnectionError")]
    [InlineData(FaultKind.RateLimited, 429, 429, "RateLimitError")]
    [InlineData(FaultKind.Authentication, 401, 401, "AuthenticationError")]
    [InlineData(FaultKind.CredentialUnavailable, 0, 401, "AuthenticationError")]
    [InlineData(FaultKind.PermissionDenied, 403, 403, "PermissionDeniedError")]
    [InlineData(FaultKind.NotFound, 404, 404, "NotFoundError")]
    [InlineData(FaultKind.BadRequest, 400, 400, "BadRequestError")]
    [InlineData(FaultKind.ContextWindowExceeded, 400, 400, "ContextWindowExceededError")]
    [InlineData(FaultKind.ContentPolicyViolation, 400, 400, "ContentPolicyViolationError")]
    [InlineData(FaultKind.Unprocessable, 422, 422, "UnprocessableEntityError")]
    [InlineData(FaultKind.ServerError, 500, 500, "InternalServerError")]
    [InlineData(FaultKind.ServerError, 507, 507, "InternalServerError")]
    [InlineData(FaultKind.BadGateway, 502, 502, "BadGatewayError")]
    [InlineData(FaultKind.Unavailable, 503, 503, "ServiceUnavailableError")]
    [InlineData(FaultKind.BadResponse, 200, 500, "APIError")]
    public void An_upstream_fault_has_LiteLLMs_class_and_status(FaultKind kind, int upstream, int status, string name)
    {
        var error = FaultErrors.Of(new UpstreamFault(kind, upstream, "it said no"), "azure", Silent);
        Assert.Equal($"litellm.{name}: {name}: AzureException - it said no", error.Message);
        Assert.Equal(status, error.HttpStatus);
    }

    [Fact]
    public void Every_fault_has_a_kind_that_has_a_row() =>
        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.NotNull(ErrorCatalog.Of(FaultErrors.KindOf(new UpstreamFault(kind, 0, ""))).LiteLlmClass));

    [Theory]
    [InlineData("openai", "OpenAIException")]
    [InlineData("mistral", "MistralException")]
    [InlineData("", "Exception")]
    public void A_timeout_names_its_class_once(string provider, string exception)
    {
        var error = FaultErrors.Of(new UpstreamFault(FaultKind.Timeout, 0, "Request timed out after 5 seconds."), provider, Silent);
        Assert.Equal($"litellm.Timeout: {exception} - Request timed out after 5 seconds.", error.Message);
        Assert.Equal(408, error.HttpStatus);
    }

    [Fact]
    public void A_stream_over_a_cap_has_its_own_kind() =>
        Assert.Equal(ErrorKind.StreamCapExceeded, FaultErrors.KindOf(new UpstreamFault(FaultKind.BadResponse, 200, "") { Code = StreamCaps.ExceededCode }));

    [Fact]
    public void The_story_of_groups_retries_and_fallbacks_is_LiteLLMs()
    {
        var trail = new RoutingTrail(new RouterConfig(), true, "gpt", ["b", "c"], 2, 3, "c was down");
        Assert.Equal(
            "litellm.RateLimitError: RateLimitError: OpenAIException - slow down. Received Model Group=gpt\nAvailable Model Group Fallbacks=['b', 'c']" +
            " LiteLLM Retried: 2 times, LiteLLM Max Retries: 3\nError doing the fallback: c was down",
            FaultErrors.Of(new UpstreamFault(FaultKind.RateLimited, 429, "slow down"), "openai", trail).Message);
        Assert.EndsWith(". Received Model Group=gpt\nAvailable Model Group Fallbacks=None",
            FaultErrors.Of(new UpstreamFault(FaultKind.NotFound, 404, "x"), "openai", trail with { Fallbacks = [], Retried = 0, FallbackError = null }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.RateLimited, true)]
    [InlineData(FaultKind.Unavailable, true)]
    [InlineData(FaultKind.BadRequest, false)]
    public void How_long_to_wait_is_passed_on_where_waiting_helps(FaultKind kind, bool told)
    {
        var error = FaultErrors.Of(new UpstreamFault(kind, 0, "") { RetryAfter = TimeSpan.FromSeconds(7), Param = "p", Type = "t" }, "openai", Silent);
        Assert.Equal(told ? TimeSpan.FromSeconds(7) : null, error.RetryAfter);
        Assert.Equal(("p", "t"), (error.Param, error.WireType));
    }

    [Fact]
    public void Nobody_to_ask_is_told_in_LiteLLMs_words()
    {
        var cooling = FaultErrors.Of(new NoDeployment(NoDeploymentKind.AllCooling, "gpt") { RetryAfter = TimeSpan.FromSeconds(4.2), CoolingIds = ["a", "b"] }, Silent);
        Assert.Equal(429, cooling.HttpStatus);
        Assert.Equal("No deployments available for selected model, Try again in 5 seconds. Passed model=gpt. pre-call-checks=False, cooldown_list=[a, b]", cooling.Message);
        Assert.Equal(400, FaultErrors.Of(new NoDeployment(NoDeploymentKind.NoneHealthy, "gpt"), Silent).HttpStatus);
        Assert.Equal(401, FaultErrors.Of(new NoDeployment(NoDeploymentKind.TagMismatch, "gpt") { Tags = ["x"] }, Silent).HttpStatus);
        Assert.Equal(400, FaultErrors.Of(new NoDeployment(NoDeploymentKind.ContextWindow, "gpt"), Silent).HttpStatus);
        var limit = FaultErrors.Of(new NoDeployment(NoDeploymentKind.OverLimit, "gpt"), Silent);
        Assert.Equal((429, "requests"), (limit.HttpStatus, limit.LimitType));
    }
}
