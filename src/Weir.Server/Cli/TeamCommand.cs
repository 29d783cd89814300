using System.CommandLine;
using System.Text.Json;

namespace Weir.Server.Cli;

/// <summary><c>weir team create|list</c>, against a running gateway.</summary>
internal static class TeamCommand
{
    internal static Command Build()
    {
        var command = new Command("team", "Make and list teams of a running gateway");
        command.Subcommands.Add(Create());
        command.Subcommands.Add(List());
        return command;
    }

    /// <summary>The id of a team that is named by its name or its id.</summary>
    internal static async Task<string> IdOfAsync(GatewayClient client, string named, CancellationToken cancellationToken)
    {
        var teams = await client.SendAsync(HttpMethod.Get, "/team/list", null, cancellationToken);
        var found = teams.EnumerateArray().Where(team => KeyCommand.Show(team, "team_alias") == named || KeyCommand.Show(team, "team_id") == named).ToList();
        return found.Count > 0 ? KeyCommand.Show(found[0], "team_id")
            : throw new CommandException($"no team is named '{named}'; `weir team create --alias {named}` makes it.");
    }

    private static Command Create()
    {
        var command = new Command("create", "Make a team and print its id");
        var alias = new Option<string>("--alias") { Description = "Its name, unique", HelpName = "NAME", Required = true };
        var budget = new Option<decimal?>("--max-budget") { Description = "Dollars that it may spend, all its keys together", HelpName = "DOLLARS" };
        var window = new Option<string?>("--budget-duration") { Description = "How often the budget starts again: 24h, 7d, 30d, 1mo", HelpName = "SPAN" };
        var models = new Option<string[]>("--model") { Description = "A model that it may use; again for more. None means all", HelpName = "MODEL" };
        foreach (var option in (Option[])[alias, budget, window, models])
        {
            command.Options.Add(option);
        }
        new GatewayOptions().Serve(command, async (client, parsed, asJson, stop) =>
        {
            var made = await client.SendAsync(HttpMethod.Post, "/team/new", json =>
            {
                KeyCommand.Text(json, "team_alias", parsed.GetRequiredValue(alias));
                KeyCommand.Text(json, "budget_duration", parsed.GetValue(window));
                KeyCommand.Number(json, "max_budget", parsed.GetValue(budget));
                json.WriteStartArray("models");
                foreach (var model in parsed.GetValue(models) ?? [])
                {
                    json.WriteStringValue(model);
                }
                json.WriteEndArray();
            }, stop);
            Console.WriteLine(asJson ? made.GetRawText() : made.GetProperty("team_id").GetString());
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List teams");
        new GatewayOptions().Serve(command, async (client, _, asJson, stop) =>
        {
            var teams = await client.SendAsync(HttpMethod.Get, "/team/list", null, stop);
            if (asJson)
            {
                Console.WriteLine(teams.GetRawText());
                return;
            }
            Columns.Print(Console.Out, ["TEAM", "ID", "SPENT", "BUDGET", "EVERY", ""],
            [
                .. teams.EnumerateArray().Select(static team => (string[])
                [
                    KeyCommand.Show(team, "team_alias"), KeyCommand.Show(team, "team_id"), KeyCommand.Show(team, "spend"), KeyCommand.Show(team, "max_budget"),
                    KeyCommand.Show(team, "budget_duration"), KeyCommand.Show(team, "blocked") == "True" ? "blocked" : "",
                ]),
            ]);
        });
        return command;
    }
}
