using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Clients;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Keys;

/// <summary>What a key may do, and how it is told what it may not: LiteLLM's bodies, byte for byte.</summary>
public sealed class AccessTests(KeyStand stand) : IClassFixture<KeyStand>
{
    [Fact]
    public async Task A_key_calls_every_model_until_it_is_deleted()
    {
        var key = await stand.KeyAsync();
        Assert.StartsWith("sk-", key, StringComparison.Ordinal);
        Assert.Equal("You said: hello", (await stand.ChatAsync(key)).Text);
        Assert.Equal("You said: hello", (await stand.ChatAsync(key, "pro")).Text);
        await stand.AdminAsync("/key/delete", $$"""{"keys":["{{key}}"]}""");
        var refused = await stand.ChatAsync(key);
        Assert.Equal(
            (401, $$$"""{"error":{"message":"Authentication Error, Invalid proxy server token passed. Received API Key = sk-...{{{key[^4..]}}}, Key Hash (Token) ={{{HashOf(key)}}}. Unable to find token in cache or `LiteLLM_VerificationTokenTable`","type":"token_not_found_in_db","param":"key","code":"401"}}"""),
            (refused.Status, refused.Body));
        Assert.DoesNotContain(key, stand.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocked_key_is_refused_from_the_next_call_on_and_served_again_when_it_is_unblocked()
    {
        var key = await stand.KeyAsync();
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        await stand.AdminAsync("/key/block", $$"""{"key":"{{HashOf(key)}}"}""");
        Refused(await stand.ChatAsync(key), 401, "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.", "auth_error", "None");
        await stand.AdminAsync("/key/unblock", $$"""{"key":"{{key}}"}""");
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
    }

    [Fact]
    public async Task A_blocked_team_takes_its_keys_with_it_and_a_deleted_one_deletes_them()
    {
        var team = (await stand.AdminAsync("/team/new", """{"team_alias":"to be blocked"}""")).GetProperty("team_id").GetString();
        var key = await stand.KeyAsync($$"""{"team_id":"{{team}}"}""");
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        await stand.AdminAsync("/team/block", $$"""{"team_id":"{{team}}"}""");
        Refused(await stand.ChatAsync(key), 401, $"Authentication Error, Team={team} is blocked. Update via `/team/unblock` if you're an admin.", "auth_error", "None");
        await stand.AdminAsync("/team/unblock", $$"""{"team_id":"{{team}}"}""");
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        await stand.AdminAsync("/team/delete", $$"""{"team_ids":["{{team}}"]}""");
        Assert.Equal("token_not_found_in_db", (await stand.ChatAsync(key)).Error.GetProperty("type").GetString());
    }

    [Theory]
    // key, model -> status
    [InlineData("""{"models":["gpt"]}""", "gpt", 200)]
    [InlineData("""{"models":["basic"]}""", "gpt", 200)]
    [InlineData("""{"models":["openai/*"]}""", "openai/anything", 200)]
    [InlineData("""{"models":["all-proxy-models"]}""", "pro", 200)]
    [InlineData("""{"models":["gpt"],"aliases":{"mine":"gpt"}}""", "mine", 200)]
    [InlineData("""{"models":["mine"],"aliases":{"mine":"pro"}}""", "mine", 403)]
    public async Task Models_are_allowed_by_name_group_wildcard_and_alias(string body, string model, int status) =>
        Assert.Equal(status, (await stand.ChatAsync(await stand.KeyAsync(body), model)).Status);

    [Fact]
    public async Task A_model_that_a_key_may_not_use_is_refused_everywhere_it_can_be_named()
    {
        var key = await stand.KeyAsync("""{"models":["gpt"]}""");
        const string message = "key not allowed to access model. This key can only access models=['gpt']. Tried to access pro";
        Refused(await stand.ChatAsync(key, "pro"), 403, message, "key_model_access_denied", "model");
        const string chat = """{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""";
        Refused(await stand.SendAsync("POST", "/openai/deployments/pro/chat/completions", chat, key), 403, message, "key_model_access_denied", "model");
        Refused(await stand.SendAsync("POST", "/engines/pro/chat/completions", chat, key), 403, message, "key_model_access_denied", "model");
        Refused(await stand.SendAsync("POST", "/v1/embeddings", """{"model":"pro","input":"x"}""", key), 403, message, "key_model_access_denied", "model");
        Refused(await stand.SendAsync("POST", "/v1/responses", """{"model":"pro","input":"x"}""", key), 403, message, "key_model_access_denied", "model");
        Refused(await stand.SendAsync("POST", "/v1/audio/speech", """{"model":"pro","input":"x","voice":"alloy"}""", key), 403, message, "key_model_access_denied", "model");
        Refused(await stand.SendAsync("POST", "/v1/images/generations", """{"model":"pro","prompt":"x"}""", key), 403, message, "key_model_access_denied", "model");
        var messages = await stand.SendAsync("POST", "/v1/messages", """{"model":"pro","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}""", key);
        Assert.Equal((403, "permission_error", message), (messages.Status, messages.Error.GetProperty("type").GetString(), messages.Error.GetProperty("message").GetString()));
        var gemini = await stand.SendAsync("POST", "/v1beta/models/pro:generateContent", """{"contents":[{"parts":[{"text":"hello"}]}]}""", key);
        Assert.Equal((403, "PERMISSION_DENIED"), (gemini.Status, gemini.Error.GetProperty("status").GetString()));
        Refused(await stand.ChatAsync(key, "gpt", ",\"fallbacks\":[\"pro\"]"), 403, message, "key_model_access_denied", "model");
    }

    [Fact]
    public async Task A_session_asks_for_the_model_too()
    {
        var token = TestContext.Current.CancellationToken;
        var narrow = await stand.KeyAsync("""{"models":["gpt"]}""");
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + narrow);
        var address = new UriBuilder(stand.Address) { Scheme = "ws", Path = "/v1/realtime", Query = "model=pro" }.Uri;
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => socket.ConnectAsync(address, token));
        Assert.Equal(403, (int)socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_fallback_of_the_configuration_serves_every_key_unless_it_says_otherwise()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("You said: hello", (await stand.ChatAsync(await stand.KeyAsync("""{"models":["failing"]}"""), "failing")).Text);

        await using var strict = await WeirProcess.StartAsync(KeyStand.Config(stand.Model, "general_settings: {enforce_fallback_model_access: true}"), null, token);
        using var http = new HttpClient();
        const string chat = """{"model":"failing","messages":[{"role":"user","content":"hello"}]}""";
        foreach (var (models, status) in ((string, int)[])[("""["failing"]""", 500), ("""["failing","pro"]""", 200)])
        {
            var made = await KeyStand.SendAsync(http, strict.Address, "POST", "/key/generate", $$"""{"models":{{models}}}""", WeirProcess.MasterKey);
            var answer = await KeyStand.SendAsync(http, strict.Address, "POST", "/v1/chat/completions", chat, made.Json.GetProperty("key").GetString() ?? "");
            Assert.Equal(status, answer.Status);
        }
    }

    [Fact]
    public async Task The_list_of_models_shows_those_that_the_key_may_use()
    {
        Assert.Equal(["gpt"], await ModelsAsync(await stand.KeyAsync("""{"models":["basic"]}""")));
        Assert.Equal(["gpt", "pro"], await ModelsAsync(await stand.KeyAsync("""{"models":["gpt","pro","unknown"]}""")));
        var all = await ModelsAsync(await stand.KeyAsync());
        Assert.Equal(await ModelsAsync(WeirProcess.MasterKey), all);
        Assert.Contains("failing", all);
        Assert.Equal(404, (await stand.SendAsync("GET", "/v1/models/pro", null, await stand.KeyAsync("""{"models":["gpt"]}"""))).Status);
        var infos = (await stand.SendAsync("GET", "/model/info", null, await stand.KeyAsync("""{"models":["gpt"]}"""))).Json.GetProperty("data").EnumerateArray();
        Assert.Equal(["gpt"], infos.Select(info => info.GetProperty("model_name").GetString()));
    }

    [Fact]
    public async Task A_key_that_is_past_its_end_is_told_so()
    {
        var key = await stand.KeyAsync("""{"duration":"1s"}""");
        Reply refused;
        do
        {
            refused = await stand.SendAsync("GET", "/v1/models", null, key);
        }
        while (refused.Status == 200);
        var message = refused.Error.GetProperty("message").GetString() ?? "";
        Assert.Matches("^Authentication Error - Expired Key\\. Key Expiry time [0-9-]{10} [0-9:]{8}(\\.[0-9]{6})?\\+00:00 and current time [0-9-]{10} [0-9:]{8}(\\.[0-9]{6})?\\+00:00$", message);
        Refused(refused, 401, message, "expired_key", $"sk-...{key[^4..]}");
    }

    [Theory]
    [InlineData("""{"key_type":"llm_api"}""", "POST", "/v1/chat/completions", true)]
    [InlineData("""{"key_type":"llm_api"}""", "GET", "/v1/models", true)]
    [InlineData("""{"key_type":"llm_api"}""", "GET", "/key/info", false)]
    [InlineData("""{"key_type":"read_only"}""", "GET", "/key/info", true)]
    [InlineData("""{"key_type":"read_only"}""", "POST", "/v1/chat/completions", false)]
    [InlineData("""{"key_type":"management"}""", "POST", "/v1/chat/completions", false)]
    [InlineData("""{"allowed_routes":["/v1/embeddings"]}""", "POST", "/v1/chat/completions", false)]
    [InlineData("""{"allowed_routes":["/v1/chat/*"]}""", "POST", "/v1/chat/completions", true)]
    public async Task A_key_calls_the_routes_that_it_was_given(string body, string method, string path, bool allowed)
    {
        var key = await stand.KeyAsync(body);
        var answer = await stand.SendAsync(method, path, method == "GET" ? null : """{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""", key);
        if (allowed)
        {
            Assert.Equal(200, answer.Status);
            return;
        }
        var routes = body.Contains("llm_api", StringComparison.Ordinal) ? "llm_api_routes" : body.Contains("read_only", StringComparison.Ordinal) ? "info_routes"
            : body.Contains("management", StringComparison.Ordinal) ? "management_routes" : "/v1/embeddings";
        Refused(answer, 403, $"Virtual key is not allowed to call this route. Only allowed to call routes: ['{routes}']. Tried to call route: {path}", "auth_error", "None");
    }

    [Fact]
    public async Task A_team_limits_its_keys_and_its_aliases_grant()
    {
        var team = (await stand.AdminAsync("/team/new", """{"team_alias":"narrow","models":["gpt","special"],"model_aliases":{"special":"pro"}}""")).GetProperty("team_id").GetString();
        var key = await stand.KeyAsync($$"""{"team_id":"{{team}}","models":["all-team-models"]}""");
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        Assert.Equal(200, (await stand.ChatAsync(key, "special")).Status);
        Refused(await stand.ChatAsync(key, "pro"), 403, "team not allowed to access model. This team can only access models=['gpt', 'special']. Tried to access pro", "team_model_access_denied", "model");
        await stand.AdminAsync("/team/model/add", $$"""{"team_id":"{{team}}","models":["pro"]}""");
        Assert.Equal(200, (await stand.ChatAsync(key, "pro")).Status);
    }

    [Fact]
    public async Task A_regenerated_key_ends_at_once_or_after_its_grace_period()
    {
        var first = await stand.KeyAsync("""{"key_alias":"turned"}""");
        var second = (await stand.AdminAsync($"/key/{HashOf(first)}/regenerate", """{"grace_period":"1h"}""")).GetProperty("key").GetString() ?? "";
        Assert.NotEqual(first, second);
        Assert.Equal((200, 200), ((await stand.ChatAsync(first)).Status, (await stand.ChatAsync(second)).Status));
        var third = (await stand.AdminAsync("/key/regenerate", $$"""{"key":"{{second}}"}""")).GetProperty("key").GetString() ?? "";
        Assert.Equal((401, 401, 200), ((await stand.ChatAsync(first)).Status, (await stand.ChatAsync(second)).Status, (await stand.ChatAsync(third)).Status));
        Assert.Equal("turned", (await stand.AdminAsync("/key/info?key=" + HashOf(third), "", "GET")).GetProperty("info").GetProperty("key_alias").GetString());
    }

    [Fact]
    public async Task What_an_upstream_keeps_for_one_key_no_other_finds_except_of_the_same_team()
    {
        var (first, second) = (await stand.KeyAsync(), await stand.KeyAsync());
        var id = await RespondAsync(first);
        Assert.Equal((200, 404), (await LookAsync(first, id), await LookAsync(second, id)));
        var turned = (await stand.AdminAsync("/key/regenerate", $$"""{"key":"{{first}}"}""")).GetProperty("key").GetString() ?? "";
        Assert.Equal(200, await LookAsync(turned, id));

        var team = (await stand.AdminAsync("/team/new", """{"team_alias":"keepers"}""")).GetProperty("team_id").GetString();
        var (one, other) = (await stand.KeyAsync($$"""{"team_id":"{{team}}"}"""), await stand.KeyAsync($$"""{"team_id":"{{team}}"}"""));
        var own = await stand.KeyAsync($$"""{"team_id":"{{team}}","user_id":"keeper"}""");
        id = await RespondAsync(one);
        Assert.Equal((200, 404, 404), (await LookAsync(other, id), await LookAsync(own, id), await LookAsync(second, id)));

        async Task<string> RespondAsync(string key)
        {
            var made = await stand.SendAsync("POST", "/v1/responses", """{"model":"gpt","input":"hello","store":true}""", key);
            Assert.True(made.Status == 200, made.Body);
            return made.Json.GetProperty("id").GetString() ?? "";
        }

        async Task<int> LookAsync(string key, string response) => (await stand.SendAsync("GET", "/v1/responses/" + response, null, key)).Status;
    }

    [Fact]
    public async Task Those_who_come_at_once_with_a_new_key_are_all_served()
    {
        var key = await stand.KeyAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => stand.ChatAsync(key)));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public async Task A_blocked_customer_is_refused_by_name()
    {
        var key = await stand.KeyAsync();
        Assert.Equal(200, (await stand.ChatAsync(key, "gpt", ",\"user\":\"mallory\"")).Status);
        await stand.AdminAsync("/customer/block", """{"user_ids":["mallory"]}""");
        Assert.Equal(400, (await stand.ChatAsync(key, "gpt", ",\"user\":\"mallory\"")).Status);
        Assert.Equal(200, (await stand.ChatAsync(key, "gpt", ",\"user\":\"ann\"")).Status);
        await stand.AdminAsync("/end_user/unblock", """{"user_ids":["mallory"]}""");
        Assert.Equal(200, (await stand.ChatAsync(key, "gpt", ",\"user\":\"mallory\"")).Status);
    }

    [Fact]
    public async Task Guessing_keys_is_bounded_and_does_not_hurt_a_key_that_is_known()
    {
        var token = TestContext.Current.CancellationToken;
        await using var gateway = await WeirProcess.StartAsync(KeyStand.Config(stand.Model), null, token);
        using var http = new HttpClient();
        var key = (await KeyStand.SendAsync(http, gateway.Address, "POST", "/key/generate", "{}", WeirProcess.MasterKey)).Json.GetProperty("key").GetString() ?? "";
        Assert.Equal(200, (await KeyStand.SendAsync(http, gateway.Address, "GET", "/v1/models", null, key)).Status);
        var answers = new List<int>();
        for (var i = 0; i < 200 && !answers.Contains(429); i++)
        {
            answers.Add((await KeyStand.SendAsync(http, gateway.Address, "GET", "/v1/models", null, $"sk-guess-{i}-0123456789")).Status);
        }
        Assert.Contains(429, answers);
        Assert.Equal([401, 429], answers.Distinct().Order());
        Assert.Equal(200, (await KeyStand.SendAsync(http, gateway.Address, "GET", "/v1/models", null, key)).Status);
    }

    [Fact]
    public async Task A_key_survives_a_restart_and_LiteLLMs_hash_of_it_is_the_same()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
        try
        {
            var environment = new Dictionary<string, string> { ["WEIR_DATA_DIR"] = folder };
            using var http = new HttpClient();
            string key;
            await using (var first = await WeirProcess.StartAsync(KeyStand.Config(stand.Model), environment, token))
            {
                var made = (await KeyStand.SendAsync(http, first.Address, "POST", "/key/generate", """{"models":["gpt"]}""", WeirProcess.MasterKey)).Json;
                key = made.GetProperty("key").GetString() ?? "";
                Assert.Equal(HashOf(key), made.GetProperty("token").GetString());
            }
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(key)) < 0, $"{file} holds the key");
            }
            await using var second = await WeirProcess.StartAsync(KeyStand.Config(stand.Model), environment, token);
            const string chat = """{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""";
            Assert.Equal(200, (await KeyStand.SendAsync(http, second.Address, "POST", "/v1/chat/completions", chat, key)).Status);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_client_for_JavaScript_sees_each_refusal()
    {
        var token = TestContext.Current.CancellationToken;
        var (narrow, blocked, routes) = (await stand.KeyAsync("""{"models":["gpt"]}"""), await stand.KeyAsync("""{"blocked":true}"""), await stand.KeyAsync("""{"allowed_routes":["/v1/embeddings"]}"""));
        var seen = await NodeClients.RunAsync(["keys.mjs", "--narrow", narrow, "--blockedKey", blocked, "--routes", routes], stand.Address.GetLeftPart(UriPartial.Authority), narrow, token);
        Assert.Equal((403, "key_model_access_denied", "model", "403"), Words(seen["model"]));
        Assert.Equal((401, "auth_error", "None", "401"), Words(seen["blocked"]));
        Assert.Equal((403, "auth_error", "None", "403"), Words(seen["routes"]));
        Assert.Equal((401, "token_not_found_in_db", "key", "401"), Words(seen["unknown"]));
        Assert.Equal("gpt", seen["models"].GetProperty("ids").GetString());

        static (int, string?, string?, string?) Words(JsonElement line) => (line.GetProperty("status").GetInt32(), line.GetProperty("type").GetString(), line.GetProperty("param").GetString(), line.GetProperty("code").GetString());
    }

    private static void Refused(Reply reply, int status, string message, string type, string param)
    {
        var encoded = JsonEncodedText.Encode(message, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        Assert.Equal((status, $$$"""{"error":{"message":"{{{encoded}}}","type":"{{{type}}}","param":"{{{param}}}","code":"{{{status}}}"}}"""), (reply.Status, reply.Body));
    }

    private async Task<List<string?>> ModelsAsync(string key) =>
        [.. (await stand.SendAsync("GET", "/v1/models", null, key)).Json.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString())];

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
