using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class PassThroughReaderTests
{
    [Fact]
    public void An_endpoint_asks_for_a_key_and_its_headers_are_filled_in()
    {
        var bound = Bound.From(
            """
            general_settings:
              pass_through_request_timeout: 30
              pass_through_endpoints:
                - path: bria/
                  target: https://engine.example/v1?x=1
                  headers: {Authorization: "bearer os.environ/BRIA", content-type: application/json, LANGFUSE_PUBLIC_KEY: u, LANGFUSE_SECRET_KEY: p}
                  methods: [post]
                  cost_per_request: 0.04
            """,
            ("BRIA", "secret-value\n"));

        bound.HasNoProblem();
        var endpoint = Assert.Single(bound.Config.PassThrough.Endpoints);
        Assert.Equal(("/bria", true, false, false, 0.04m), (endpoint.Path, endpoint.Auth, endpoint.IncludeSubpath, endpoint.ForwardHeaders, endpoint.CostPerRequest));
        Assert.Equal(["POST"], endpoint.Methods);
        Assert.Equal("Basic dTpw", endpoint.Headers["authorization"].Reveal());
        Assert.Equal(TimeSpan.FromSeconds(30), bound.Config.PassThrough.Timeout);
    }

    [Fact]
    public void Bearer_in_front_of_a_variable_stays()
    {
        var bound = Bound.From("general_settings: {pass_through_endpoints: [{path: /a, target: 'https://x.example', headers: {Authorization: 'bearer os.environ/KEY'} }]}", ("KEY", "k\n"));

        Assert.Equal("bearer k", Assert.Single(bound.Config.PassThrough.Endpoints).Headers["Authorization"].Reveal());
    }

    [Theory]
    [InlineData("{target: 'https://x.example'}", "pass-through-endpoint", "needs a 'path'")]
    [InlineData("{path: /a}", "pass-through-endpoint", "needs a 'target'")]
    [InlineData("{path: /a, target: 'ftp://x.example'}", "pass-through-endpoint", "http or https")]
    [InlineData("{path: /a, target: 'https://u:p@x.example'}", "pass-through-endpoint", "credentials go into its 'headers'")]
    [InlineData("{path: /v1/rerank, target: 'https://x.example'}", "pass-through-endpoint", "a route of Weir's own")]
    [InlineData("{path: '/a/{b}', target: 'https://x.example'}", "pass-through-endpoint", "no plain path")]
    [InlineData("{path: /a/../b, target: 'https://x.example'}", "pass-through-endpoint", "no plain path")]
    [InlineData("{path: /a, target: 'https://x.example', methods: [CONNECT]}", "pass-through-endpoint", "'CONNECT' is no method")]
    [InlineData("{path: /a, target: 'https://x.example', cost_per_request: 2000000}", "wrong-type", "does not fit")]
    [InlineData("{path: /a, target: 'https://x.example', headers: {Host: evil}}", "pass-through-endpoint", "no header that can be set")]
    [InlineData("{path: /a, target: 'https://x.example', headers: {X: 'bearer os.environ/NOT_SET'}}", "unset-variable", "NOT_SET is not set")]
    public void An_endpoint_that_cannot_be_opened_stops_the_start(string entry, string code, string words)
    {
        var bound = Bound.From($"general_settings:\n  pass_through_endpoints:\n    - {entry}\n");

        var problem = bound.Problem(code);
        Assert.Equal((ProblemSeverity.Error, 3), (problem.Severity, problem.Position.Line));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_endpoint_is_open_and_warned_of()
    {
        var bound = Bound.From("general_settings:\n  pass_through_endpoints:\n    - path: /a\n      target: https://x.example\n      auth: false\n");

        var problem = bound.Problem("open-endpoint");
        Assert.Equal((ProblemSeverity.Warning, 5), (problem.Severity, problem.Position.Line));
        Assert.False(Assert.Single(bound.Config.PassThrough.Endpoints).Auth);
    }

    [Fact]
    public void Accounts_and_services_of_the_environment_are_taken_and_absent_ones_are_not_spoken_of()
    {
        var bound = Bound.From(
            "model_list: []", ("ANTHROPIC_API_KEY", "a"), ("OPENAI_API_KEY", "o"), ("COHERE_API_KEY", "c"), ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AZURE_API_KEY", "k"), ("ASSEMBLYAI_API_KEY", "y"));

        bound.HasNoProblem();
        Assert.Equal(["openai", "anthropic", "bedrock", "cohere"], bound.Config.PassThrough.Accounts.Select(account => account.Provider));
        Assert.Equal(["/assemblyai", "/eu.assemblyai"], bound.Config.PassThrough.Endpoints.Select(endpoint => endpoint.Path));
        Assert.All(bound.Config.PassThrough.Endpoints, endpoint => Assert.True(endpoint.Auth));
    }

    [Fact]
    public void The_machines_own_identity_is_nobodys_account() => Assert.Empty(Bound.From("model_list: []").Config.PassThrough.Accounts);
}
