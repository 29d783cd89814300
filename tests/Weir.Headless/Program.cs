using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway;
using Weir.Gateway.Config;
using Weir.Headless;
using Weir.TestKit;

// The engine, composed by hand in front of a scripted model, answers one plain and one streamed request. Exit code 0 = it did.
const string Key = "sk-headless-0123456789";
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(50));
await using var model = await ScriptedModel.StartAsync(limit.Token);

var file = Path.Combine(Path.GetTempPath(), $"weir-headless-{Guid.NewGuid():N}.yaml");
await File.WriteAllTextAsync(file, $"""
    model_list:
      - model_name: parrot
        litellm_params:
          model: openai/parrot
          api_base: {model.V1}
          api_key: sk-upstream
    general_settings:
      master_key: {Key}
    """, limit.Token);
var loaded = ConfigLoader.Load(file, new ConfigLoadOptions { Environment = new Dictionary<string, string>() });
File.Delete(file);
foreach (var problem in loaded.Report.Problems)
{
    Console.WriteLine(problem);
}

var ledger = new MemoryLedger();
using var engine = new GatewayEngine(
    loaded.Config ?? throw new InvalidOperationException("The configuration was refused."),
    new GatewayParts { Ledger = ledger, Logs = NullLoggerFactory.Instance, Random = new Random(1), Variable = static _ => null });

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.Services.AddRoutingCore();
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
await using var app = builder.Build();
app.UseRouting();
engine.Map(app);
await app.StartAsync(limit.Token);

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
var plain = await AskAsync("""{"model":"parrot","messages":[{"role":"user","content":"native hello"}]}""");
var streamed = await AskAsync("""{"model":"parrot","stream":true,"messages":[{"role":"user","content":"native hello"}]}""");
await app.StopAsync(limit.Token);

var good = Check("a plain answer", plain.Contains("You said: native hello", StringComparison.Ordinal))
    & Check("a streamed answer with its end", streamed.Contains("data: [DONE]", StringComparison.Ordinal) && streamed.Contains("hello", StringComparison.Ordinal))
    & Check("a row with tokens for each", ledger.Rows == 2 && ledger.Tokens > 0);
if (!good)
{
    Console.WriteLine(plain);
    Console.WriteLine(streamed);
}

return good ? 0 : 1;

async Task<string> AskAsync(string body)
{
    using var content = new StringContent(body, Encoding.UTF8, "application/json");
    using var answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, limit.Token);
    return await answer.Content.ReadAsStringAsync(limit.Token);
}

static bool Check(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "" : "missing: ")}{what}");
    return holds;
}
