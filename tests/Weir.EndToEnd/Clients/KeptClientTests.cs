using System.Text.Json;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Clients;

/// <summary>OpenAI's client for JavaScript and what a server keeps for it. The bare model proves the program; the gateway has to look the same.</summary>
public sealed class KeptClientTests
{
    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.ThroughWeir)]
    public async Task A_client_finds_again_what_it_made(Way way)
    {
        var token = TestContext.Current.CancellationToken;
        await using var stand = await Stand.StartAsync(way, token);
        var seen = await NodeClients.RunAsync(["kept.mjs"], stand, token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values) + "\n" + stand.Printed);
        Is("chain", """{"text":"You said: and then","linked":true,"same":true,"items":1,"gone":404}""");
        Is("background", """{"same":true,"status":"cancelled"}""");
        Is("streamed", """{"events":["response.created","response.output_text.delta","response.completed"],"same":true}""");
        Is("files", """{"same":true,"name":"input.jsonl","bytes":9,"content":"one line\n","listed":true,"deleted":true,"gone":404}""");
        Is("batches", """{"same":true,"note":"x","status":"completed","cancelled":"cancelling","listed":true,"results":["You said: hello","You said: bye"]}""");
        Is("conversations", """{"same":true,"note":"x","items":2,"item":true,"text":"You said: hello","deleted":true,"gone":404}""");
        Is("uploads", """{"same":true,"status":"completed","content":"abcdef","cancelled":"cancelled"}""");
        Is("strangers", """{"response":404,"file":404,"batch":404,"conversation":404,"upload":404,"previous":400}""");

        // A line says more than what was seen: the case, the model, the exchanges.
        void Is(string name, string expected)
        {
            foreach (var member in JsonDocument.Parse(expected).RootElement.EnumerateObject())
            {
                Assert.True(seen[name].TryGetProperty(member.Name, out var value) && JsonElement.DeepEquals(member.Value, value), $"{member.Name} of {name}: {seen[name]}");
            }
        }
    }
}
