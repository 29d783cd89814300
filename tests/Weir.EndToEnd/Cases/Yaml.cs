namespace Weir.EndToEnd.Cases;

/// <summary>The commonest pieces of a LiteLLM config.</summary>
internal static class Yaml
{
    /// <summary>A <c>model_list</c> without retries, so that calls can be counted.</summary>
    public static string Models(params string[] deployments) => Of("num_retries: 0", deployments);

    /// <summary>A <c>model_list</c> with these lines under <c>router_settings</c>.</summary>
    public static string Of(string routerSettings, params string[] deployments) =>
        "model_list:\n" + string.Concat(deployments) + "router_settings:\n" + Indent(routerSettings, 2);

    /// <summary>An OpenAI-compatible deployment on the upstream of that letter, with further lines under <c>litellm_params</c>.</summary>
    public static string OpenAI(string group, char upstream, string parameters = "", string model = "openai/m") =>
        $"""
          - model_name: "{group}"
            litellm_params:
              model: {model}
              api_base: UPSTREAM_{upstream}/v1
              api_key: sk-upstream-{upstream}

        """ + Indent(parameters, 6);

    /// <summary>An Azure deployment with a dated route.</summary>
    public static string Azure(string group, char upstream, string parameters = "api_version: \"2024-10-21\"", string deployment = "dep") =>
        $"""
          - model_name: "{group}"
            litellm_params:
              model: azure/{deployment}
              api_base: UPSTREAM_{upstream}
              api_key: azure-key-{upstream}

        """ + Indent(parameters, 6);

    private static string Indent(string lines, int by) => lines.Length == 0
        ? "" : string.Concat(lines.Split('\n').Select(line => new string(' ', by) + line + "\n"));
}
