using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>
/// Writes <c>messages</c> and <c>system</c>. In Converse user and assistant take turns: messages of one role in a row become one, results of
/// tools belong to the user, and what would leave a message empty is left out with it.
/// </summary>
internal sealed class MessagesWriter(Utf8JsonWriter json, ModelFamily model, Dropped dropped)
{
    private readonly ContentWriter _content = new(json, model, dropped);
    private ChatRole? _open;

    internal void Write(List<ChatMessage> messages)
    {
        var system = false;
        json.WriteStartArray("messages"u8);
        for (var n = 0; n < messages.Count; n++)
        {
            var message = messages[n];
            if (message.Role is ChatRole.System or ChatRole.Developer)
            {
                system = true;
                continue;
            }
            if (message.Name is not null)
            {
                dropped.Add("name");
            }
            var role = message.Role == ChatRole.Assistant ? ChatRole.Assistant : ChatRole.User;
            for (var i = 0; i < message.Parts.Count; i++)
            {
                if (_content.IsSaid(message.Parts[i], role))
                {
                    Open(role);
                    _content.Write(message.Parts[i], new Place("messages", n, i));
                }
            }
        }
        Close();
        json.WriteEndArray();
        if (system)
        {
            WriteSystem(messages);
        }
    }

    private void WriteSystem(List<ChatMessage> messages)
    {
        var open = false;
        foreach (var message in messages)
        {
            if (message.Role is not (ChatRole.System or ChatRole.Developer))
            {
                continue;
            }
            foreach (var part in message.Parts)
            {
                if (!_content.IsSaidBySystem(part))
                {
                    continue;
                }
                if (!open)
                {
                    json.WriteStartArray("system"u8);
                    open = true;
                }
                _content.Write(part, default);
            }
        }
        if (open)
        {
            json.WriteEndArray();
        }
    }

    private void Open(ChatRole role)
    {
        if (_open == role)
        {
            return;
        }
        Close();
        _open = role;
        json.WriteStartObject();
        json.WriteString("role"u8, role == ChatRole.Assistant ? "assistant"u8 : "user"u8);
        json.WriteStartArray("content"u8);
    }

    private void Close()
    {
        if (_open is not null)
        {
            json.WriteEndArray();
            json.WriteEndObject();
            _open = null;
        }
    }
}
