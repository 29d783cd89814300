using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire;

/// <summary>
/// The members of a request that the server acts on, in no vendor's words; a dialect derives from it what it reads in its
/// own way. Lives as long as the parsed body.
/// </summary>
internal class ModelRequest(ModelRoute route, JsonElement? root, int number)
{
    private string? _model = route.Model;

    public RouteKind Kind { get; } = route.Kind;

    /// <summary>Position among all requests; part of the answer's id.</summary>
    public int Number { get; } = number;

    /// <summary>The id of a stored thing that the path names, or null.</summary>
    public string? Id { get; } = route.Id;

    /// <summary>What the path names inside it, or null.</summary>
    public string? Item { get; } = route.Item;

    public string? Model => _model ??= Root.Text("model");

    /// <summary>The parsed body; undefined when there is none.</summary>
    public JsonElement Root { get; } = root ?? default;

    public virtual bool Stream => Root.Flag("stream");

    public virtual int Choices => 1;

    public virtual int? MaxTokens => null;

    /// <summary>The last user message, or the last tool result when that came later.</summary>
    public string LastText { get; protected set; } = "";

    public bool AfterTool { get; protected set; }

    public int PromptTokens { get; protected set; }

    /// <summary>Names and parameter schemas of the offered functions.</summary>
    public virtual ImmutableArray<OfferedTool> Tools => [];

    /// <summary>The function that the request forces, or null.</summary>
    public virtual OfferedTool? ForcedTool => null;

    /// <summary>The schema that the answer has to obey, or null.</summary>
    public virtual JsonElement? Schema => null;

    /// <summary>The answer has to be a JSON object.</summary>
    public virtual bool WantsJson => false;

    /// <summary>The request asks to see the model think.</summary>
    public virtual bool WantsReasoning => false;

    public virtual ImmutableArray<string> StopSequences => [];

    /// <summary>What the vendor refuses in this request, or null.</summary>
    public virtual Fault? Refusal(HttpRequest http) => null;

    public JsonElement? Member(string name) => Root.Member(name);

    public string? Text(string name) => Root.Text(name);

    public int? Number32(string name) => Root.Number32(name);

    /// <summary>Names the model when it stands in a form instead of in JSON.</summary>
    protected void SetModel(string? name) => _model ??= name;

    protected void AddTools()
    {
        foreach (var tool in Tools)
        {
            PromptTokens += tool.Tokens;
        }
    }

    /// <summary>The tool of that name, or null.</summary>
    protected OfferedTool? ToolNamed(string? name)
    {
        foreach (var tool in Tools)
        {
            if (tool.Name == name)
            {
                return tool;
            }
        }

        return null;
    }
}
