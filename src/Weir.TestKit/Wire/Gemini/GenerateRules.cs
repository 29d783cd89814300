using System.Globalization;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>What Google refuses about the conversation, in its own words; unknown names are judged by <see cref="GeminiFields"/>.</summary>
internal static class GenerateRules
{
    /// <summary>Values that Google takes in place of a signature when a call was made by another model.</summary>
    private static readonly string[] Stand = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    public static Fault? Refusal(GenerateRequest request)
    {
        var message = GeminiFields.Refusal(request.Asked) ?? Functions(request) ?? Contents(request);
        return message is null ? null : Fault.Http(400) with { Message = message };
    }

    private static string? Functions(GenerateRequest request) =>
        request.Tools.Any(t => t.Name.Length is 0 or > 64 || !(char.IsAsciiLetter(t.Name[0]) || t.Name[0] == '_') || !t.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '-'))
            ? "* GenerateContentRequest.tools[0].function_declarations[0].name: [FieldValidation] Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64."
            : null;

    private static string? Contents(GenerateRequest request)
    {
        var contents = request.Asked.Items("contents").ToList();
        if (contents.Count == 0)
        {
            return "* GenerateContentRequest.contents: contents is not specified\n";
        }

        for (var index = 0; index < contents.Count; index++)
        {
            if (contents[index].Text("role") is { } role and not ("user" or "model" or "function"))
            {
                return $"Please use a valid role: user, model. Found: {role}";
            }

            var parts = contents[index].Items("parts").ToList();
            if (parts.Count == 0)
            {
                return $"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.\n";
            }

            if (parts.FindIndex(p => !HasData(p)) is >= 0 and var empty)
            {
                return string.Create(CultureInfo.InvariantCulture, $"* GenerateContentRequest.contents[{index}].parts[{empty}].data: required oneof field 'data' must have one initialized field\n");
            }
        }

        return Turns(request, Merged(contents));
    }

    /// <summary>The turns: what one side says in several contents, as a client does that keeps the chunks of a stream, is one.</summary>
    private static List<(bool Model, List<JsonElement> Parts)> Merged(List<JsonElement> contents)
    {
        var turns = new List<(bool Model, List<JsonElement> Parts)>();
        foreach (var content in contents)
        {
            var model = content.Is("role", "model");
            if (turns.Count == 0 || turns[^1].Model != model)
            {
                turns.Add((model, []));
            }

            turns[^1].Parts.AddRange(content.Items("parts"));
        }

        return turns;
    }

    private static string? Turns(GenerateRequest request, List<(bool Model, List<JsonElement> Parts)> turns)
    {
        // Signatures are asked for only in the turn that goes on: after the last text of the user.
        var text = turns.FindLastIndex(t => !t.Model && !t.Parts.Exists(p => p.Member("functionResponse", "function_response") is not null));
        var calls = 0;
        for (var index = 0; index < turns.Count; index++)
        {
            var parts = turns[index].Parts;
            var responses = parts.Count(p => p.Member("functionResponse", "function_response") is not null);
            if (responses != calls)
            {
                return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
            }

            calls = parts.Count(p => p.Member("functionCall", "function_call") is not null);
            if (calls > 0 && index == 0)
            {
                return "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
            }

            if (index > text && calls > 0 && Signature(request, parts, index) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>The first call of a step has to bring its signature back.</summary>
    private static string? Signature(GenerateRequest request, List<JsonElement> parts, int index)
    {
        var part = parts.First(p => p.Member("functionCall", "function_call") is not null);
        var name = part.Member("functionCall", "function_call")?.Text("name") ?? "";
        var signature = part.Text("thoughtSignature") ?? part.Text("thought_signature");
        if (string.IsNullOrEmpty(signature))
        {
            // Models before the third generation do without.
            return request.Model is { } model && (model.Contains("gemini-1", StringComparison.Ordinal) || model.Contains("gemini-2", StringComparison.Ordinal)) ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:{name}` , position {index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.");
        }

        return Stand.Contains(signature) || Seal.Fits(signature, GenerateRequest.Sealed, name) ? null : "Thought signature is not valid";
    }

    private static bool HasData(JsonElement part) => part.EnumerateObject().Any(m => m.Name is not ("thought" or "thoughtSignature" or "thought_signature"));
}
