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
        Is("chain", """{"case":"chain","text":"You said: and then","linked":true,"same":true,"items":1,"gone":404}""");
        Is("background", """{"case":"background","same":true,"status":"cancelled"}""");
        Is("streamed", """{"case":"streamed","events":["response.created","response.output_text.delta","response.completed"],"same":true}""");
        Is("files", """{"case":"files","same":true,"name":"input.jsonl","bytes":9,"content":"one line\n","listed":true,"deleted":true,"gone":404}""");
        Is("batches", """{"case":"batches","same":true,"note":"x","status":"completed","cancelled":"cancelling","listed":true,"results":["You said: hello","You said: bye"]}""");
        Is("strangers", """{"case":"strangers","response":404,"file":404,"batch":404,"previous":400}""");

        void Is(string name, string expected) => Assert.Equal(expected, seen[name].GetRawText());
    }
}
