using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Kinds of events of ConverseStream.</summary>
internal enum StreamEventKind
{
    /// <summary>One that says nothing here, or came later.</summary>
    Other,

    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageStop,
    Metadata,
}

/// <summary>One event, read whole before anything is made of it.</summary>
internal struct StreamEvent
{
    private static readonly Place Top = new("event");

    internal StreamEventKind Kind;
    internal long Block;
    internal string? ToolId;
    internal string? ToolName;
    internal string? ToolInput;
    internal string? Text;
    internal string? Thought;
    internal RawJson Citation;
    internal string? Tier;
    internal string? Signature;
    internal string? Redacted;
    internal StopReason Stop;
    internal string? StopText;
    internal bool HasUsage;
    internal TokenUsage Usage;

    internal static StreamEventKind KindOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("contentBlockDelta"u8) ? StreamEventKind.BlockDelta
        : name.SequenceEqual("contentBlockStart"u8) ? StreamEventKind.BlockStart
        : name.SequenceEqual("contentBlockStop"u8) ? StreamEventKind.BlockStop
        : name.SequenceEqual("messageStart"u8) ? StreamEventKind.MessageStart
        : name.SequenceEqual("messageStop"u8) ? StreamEventKind.MessageStop
        : name.SequenceEqual("metadata"u8) ? StreamEventKind.Metadata
        : StreamEventKind.Other;

    internal static StreamEvent Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var read = new StreamEvent { Kind = KindOf(name) };
        if (read.Kind == StreamEventKind.Other)
        {
            return read;
        }
        var json = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 256 });
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Json.Wrong(Top, "", "an object");
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("contentBlockIndex"u8))
            {
                read.Block = Json.Integer(ref json, Top, "contentBlockIndex") ?? 0;
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                json.Read();
                ReadDelta(ref json, data, ref read);
            }
            else if (json.ValueTextEquals("start"u8))
            {
                json.Read();
                ReadStart(ref json, ref read);
            }
            else if (json.ValueTextEquals("stopReason"u8))
            {
                read.Stop = Stops.Read(Json.Text(ref json, Top, "stopReason"));
            }
            else if (json.ValueTextEquals("additionalModelResponseFields"u8))
            {
                json.Read();
                read.StopText = AnswerReader.StopText(ref json);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                read.HasUsage = json.TokenType == JsonTokenType.StartObject;
                read.Usage = BedrockConverse.Usage.Read(ref json);
            }
            else if (json.ValueTextEquals("serviceTier"u8))
            {
                json.Read();
                read.Tier = RequestReader.ReadType(ref json, new Place("serviceTier"));
            }
            else
            {
                Json.Skip(ref json);
            }
        }

        // What follows the object would be no part of one event.
        json.Read();
        return read;
    }

    private static void ReadDelta(ref Utf8JsonReader json, ReadOnlySpan<byte> data, ref StreamEvent read)
    {
        if (!Json.IsObject(ref json, Top, "delta"))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("text"u8))
            {
                read.Text = Json.Text(ref json, Top, "delta.text");
            }
            else if (json.ValueTextEquals("toolUse"u8))
            {
                json.Read();
                read.ToolInput = OneText(ref json, "input"u8, "delta.toolUse") ?? "";
            }
            else if (json.ValueTextEquals("citation"u8))
            {
                json.Read();
                read.Citation = RawJson.Copy(ref json, data);
            }
            else if (json.ValueTextEquals("reasoningContent"u8))
            {
                json.Read();
                ReadThought(ref json, ref read);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
    }

    private static void ReadThought(ref Utf8JsonReader json, ref StreamEvent read)
    {
        if (!Json.IsObject(ref json, Top, "delta.reasoningContent"))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("text"u8))
            {
                read.Thought = Json.Text(ref json, Top, "delta.reasoningContent.text");
            }
            else if (json.ValueTextEquals("signature"u8))
            {
                read.Signature = Json.Text(ref json, Top, "delta.reasoningContent.signature");
            }
            else if (json.ValueTextEquals("redactedContent"u8))
            {
                read.Redacted = Json.Text(ref json, Top, "delta.reasoningContent.redactedContent");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
    }

    private static void ReadStart(ref Utf8JsonReader json, ref StreamEvent read)
    {
        if (!Json.IsObject(ref json, Top, "start"))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            var tool = json.ValueTextEquals("toolUse"u8);
            json.Read();
            if (!tool || !Json.IsObject(ref json, Top, "start.toolUse"))
            {
                json.Skip();
                continue;
            }
            var own = true;
            while (Json.NextMember(ref json))
            {
                if (json.ValueTextEquals("toolUseId"u8))
                {
                    read.ToolId = Json.Text(ref json, Top, "start.toolUse.toolUseId");
                }
                else if (json.ValueTextEquals("name"u8))
                {
                    read.ToolName = Json.Text(ref json, Top, "start.toolUse.name");
                }
                else
                {
                    // A `type` says that the tool runs at the vendor: no call for the caller.
                    own &= !json.ValueTextEquals("type"u8);
                    Json.Skip(ref json);
                }
            }
            read.ToolName = own ? read.ToolName : null;
        }
    }

    private static string? OneText(ref Utf8JsonReader json, ReadOnlySpan<byte> name, string path)
    {
        string? text = null;
        if (!Json.IsObject(ref json, Top, path))
        {
            return null;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals(name))
            {
                text = Json.Text(ref json, Top, path);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return text;
    }
}
