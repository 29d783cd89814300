using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Wire.Files;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Responses;

/// <summary>Beginning, seeing, changing and forgetting conversations and their items.</summary>
internal static class ConversationsAnswer
{
    public static Answer Of(ScriptedModelOptions options, ModelRequest request, HttpRequest http, ServerMemory<StoredConversation> memory)
    {
        if (request.Kind == RouteKind.Conversations)
        {
            var made = new StoredConversation($"conv_{request.Number:D6}") { Metadata = request.Member("metadata")?.Clone() };
            Add(made, request);
            memory.Keep(made.Id, made);
            return new JsonAnswer(options, request, made.Write);
        }

        if (memory.Find(request.Id) is not { } found)
        {
            return ResponsesShape.Instance.Error(options, OpenAIRefusal.NotFound($"Conversation with id '{request.Id}' not found."), request);
        }

        var deletes = HttpMethods.IsDelete(http.Method);
        if (request.Kind == RouteKind.ConversationItems)
        {
            var first = HttpMethods.IsPost(http.Method) ? found.Items.Count : 0;
            Add(found, request);
            return JsonAnswer.List(options, request, found.Items[first..], static i => i.Id, Write);
        }

        if (request.Kind == RouteKind.ConversationItem)
        {
            var at = found.Items.FindIndex(item => item.Id == request.Item);
            if (at < 0)
            {
                return ResponsesShape.Instance.Error(options, OpenAIRefusal.NotFound($"Item with id '{request.Item}' not found."), request);
            }

            var item = found.Items[at];
            if (deletes)
            {
                found.Items.RemoveAt(at);
            }

            return new JsonAnswer(options, request, deletes ? found.Write : json => Write(item, json));
        }

        if (HttpMethods.IsPost(http.Method))
        {
            found.Metadata = request.Member("metadata")?.Clone();
        }

        return !deletes ? new JsonAnswer(options, request, found.Write) : new JsonAnswer(options, request, json =>
        {
            memory.Forget(found.Id);
            json.WriteStartObject();
            json.WriteString("id", found.Id);
            json.WriteString("object", "conversation.deleted");
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        });
    }

    private static void Add(StoredConversation conversation, ModelRequest request)
    {
        if (request.Member("items") is { ValueKind: JsonValueKind.Array } items)
        {
            foreach (var item in items.EnumerateArray())
            {
                conversation.Items.Add(($"msg_{request.Number:D6}_{conversation.Items.Count}", item.Clone()));
            }
        }
    }

    private static void Write((string Id, JsonElement Item) item, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Id);
        foreach (var member in item.Item.EnumerateObject())
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
