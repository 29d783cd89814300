using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Weir.Server.Cli;

/// <summary><c>weir key create|list|block|unblock|delete</c>, against a running gateway.</summary>
internal static class KeyCommand
{
    internal static Command Build()
    {
        var command = new Command("key", "Make, list, block and delete keys of a running gateway");
        foreach (var verb in (Command[])[Create(), List(), OfOne("block", "Block a key: it may do nothing until it is unblocked"), OfOne("unblock", "Unblock a key"), OfOne("delete", "Delete a key")])
        {
            command.Subcommands.Add(verb);
        }
        return command;
    }

    private static Command Create()
    {
        var command = new Command("create", "Make a key and print it; it can't be shown again");
        var alias = new Option<string?>("--alias") { Description = "Its name, unique", HelpName = "NAME" };
        var team = new Option<string?>("--team") { Description = "Its team, by name or id", HelpName = "TEAM" };
        var user = new Option<string?>("--user") { Description = "Its user's id", HelpName = "USER" };
        var models = new Option<string[]>("--model") { Description = "A model that it may use; again for more. None means all", HelpName = "MODEL" };
        var budget = new Option<decimal?>("--max-budget") { Description = "Dollars that it may spend", HelpName = "DOLLARS" };
        var window = new Option<string?>("--budget-duration") { Description = "How often the budget starts again: 24h, 7d, 30d, 1mo", HelpName = "SPAN" };
        var duration = new Option<string?>("--duration") { Description = "How long the key lives: 30d; never ends without", HelpName = "SPAN" };
        var requests = new Option<long?>("--rpm") { Description = "Requests per minute", HelpName = "N" };
        var tokens = new Option<long?>("--tpm") { Description = "Tokens per minute", HelpName = "N" };
        foreach (var option in (Option[])[alias, team, user, models, budget, window, duration, requests, tokens])
        {
            command.Options.Add(option);
        }
        new GatewayOptions().Serve(command, async (client, parsed, asJson, stop) =>
        {
            var teamId = parsed.GetValue(team) is { } named ? await TeamCommand.IdOfAsync(client, named, stop) : null;
            var made = await client.SendAsync(HttpMethod.Post, "/key/generate", json =>
            {
                Text(json, "key_alias", parsed.GetValue(alias));
                Text(json, "team_id", teamId);
                Text(json, "user_id", parsed.GetValue(user));
                Text(json, "budget_duration", parsed.GetValue(window));
                Text(json, "duration", parsed.GetValue(duration));
                Number(json, "max_budget", parsed.GetValue(budget));
                Number(json, "rpm_limit", parsed.GetValue(requests));
                Number(json, "tpm_limit", parsed.GetValue(tokens));
                json.WriteStartArray("models");
                foreach (var model in parsed.GetValue(models) ?? [])
                {
                    json.WriteStringValue(model);
                }
                json.WriteEndArray();
            }, stop);
            Console.WriteLine(asJson ? made.GetRawText() : made.GetProperty("key").GetString());
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List keys, the newest first");
        var team = new Option<string?>("--team") { Description = "Of this team, by name or id", HelpName = "TEAM" };
        command.Options.Add(team);
        new GatewayOptions().Serve(command, async (client, parsed, asJson, stop) =>
        {
            var filter = parsed.GetValue(team) is { } named ? "&team_id=" + Uri.EscapeDataString(await TeamCommand.IdOfAsync(client, named, stop)) : "";
            var table = new List<string[]>();
            for (var (page, pages) = (1, 1); page <= pages; page++)
            {
                var answer = await client.SendAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/key/list?return_full_object=true&size=500&page={page}{filter}"), null, stop);
                pages = answer.GetProperty("total_pages").GetInt32();
                if (asJson)
                {
                    Console.WriteLine(answer.GetRawText());
                    continue;
                }
                table.AddRange(answer.GetProperty("keys").EnumerateArray().Select(static key => (string[])
                [
                    Show(key, "key_name"), Show(key, "key_alias"), Show(key, "team_id"), Show(key, "user_id"), Show(key, "spend"), Show(key, "max_budget"),
                    Show(key, "budget_duration"), Show(key, "expires"), Show(key, "blocked") == "True" ? "blocked" : "",
                ]));
            }
            if (!asJson)
            {
                Columns.Print(Console.Out, ["KEY", "ALIAS", "TEAM", "USER", "SPENT", "BUDGET", "EVERY", "EXPIRES", ""], table);
            }
        });
        return command;
    }

    private static Command OfOne(string verb, string description)
    {
        var command = new Command(verb, description);
        var key = new Argument<string>("key") { Description = "The key's alias, its hash, or the key itself" };
        command.Arguments.Add(key);
        new GatewayOptions().Serve(command, async (client, parsed, asJson, stop) =>
        {
            var named = parsed.GetRequiredValue(key);
            var token = await TokenOfAsync(client, named, stop);
            var answer = await client.SendAsync(HttpMethod.Post, "/key/" + verb, json =>
            {
                if (verb == "delete")
                {
                    json.WriteStartArray("keys");
                    json.WriteStringValue(token);
                    json.WriteEndArray();
                    return;
                }
                json.WriteString("key", token);
            }, stop);
            Console.WriteLine(asJson ? answer.GetRawText() : $"{verb switch { "delete" => "deleted", _ => verb + "ed" }} {(named.StartsWith("sk-", StringComparison.Ordinal) ? token : named)}");
        });
        return command;
    }

    private static async Task<string> TokenOfAsync(GatewayClient client, string named, CancellationToken cancellationToken)
    {
        if (named.StartsWith("sk-", StringComparison.Ordinal) || (named.Length == 64 && named.All(char.IsAsciiHexDigitLower)))
        {
            return named;
        }
        var found = await client.SendAsync(HttpMethod.Get, "/key/list?key_alias=" + Uri.EscapeDataString(named), null, cancellationToken);
        return found.GetProperty("keys") is { } keys && keys.GetArrayLength() == 1 ? keys[0].GetString() ?? ""
            : throw new CommandException($"no key is named '{named}'; `weir key list` names them.");
    }

    internal static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    internal static void Number(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    internal static string Show(JsonElement thing, string member) =>
        thing.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";
}
