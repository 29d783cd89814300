using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Writes a whole answer. Of several choices the first is told: a request of this dialect can't ask for more.</summary>
internal static class ResponsesAnswerWriter
{
    internal static void Write(ChatResult result, AnswerContext context, IBufferWriter<byte> target)
    {
        var response = new ResponseObject(context);
        response.Take(result.Id, result.Model, result.Created);
        var choice = result.Choices.Count > 0 ? result.Choices[0] : new ChatChoice { Stop = StopReason.EndTurn };
        var status = ResponseObject.Status(choice.Stop);
        var output = new ArrayBufferWriter<byte>();
        using (var items = new Utf8JsonWriter(output, JsonForm.Options))
        {
            var writer = new Output(items, output, response, context.Turn.Tools);
            writer.Write(choice.Parts, status.SequenceEqual("completed"u8));
        }
        using var json = new Utf8JsonWriter(target, JsonForm.Options);
        response.Write(json, status, choice.Stop, output.WrittenSpan, result.Usage, result.ServiceTier);
        json.Flush();
    }

    private sealed class Output(Utf8JsonWriter json, ArrayBufferWriter<byte> target, ResponseObject response, List<ToolDefinition> tools)
    {
        private int _written;

        internal void Write(List<ContentPart> parts, bool complete)
        {
            for (var from = 0; from < parts.Count;)
            {
                var to = from;
                while (to < parts.Count && parts[to] is TextPart or RefusalPart)
                {
                    to++;
                }
                if (to > from)
                {
                    Begin();
                    var status = complete || to < parts.Count ? ItemWriter.Completed : ItemWriter.Incomplete;
                    ItemWriter.WriteMessage(json, response.ItemId("msg", _written++), status, parts, from, to);
                    from = to;
                }
                else
                {
                    WriteItem(parts[from++]);
                }
            }
            json.Flush();
        }

        private void WriteItem(ContentPart part)
        {
            switch (part)
            {
                case ThinkingPart thinking:
                    Begin();
                    var id = thinking.Id is { } known && known.StartsWith("rs_", StringComparison.Ordinal) ? known : response.ItemId("rs", _written);
                    ItemWriter.WriteReasoning(json, id, thinking.Text, thinking.Signature, thinking.Redacted);
                    _written++;
                    break;
                case ToolCallPart call:
                    Begin();
                    var freeForm = call.FreeForm || ToolWriter.IsFreeForm(tools, call.Name);
                    ItemWriter.WriteCall(json, response.ItemId(freeForm ? "ctc" : "fc", _written++), ItemWriter.Completed, SignedToolIds.Join(call.Id, call.Signature),
                        call.Name, freeForm, freeForm ? FreeForm.Unwrap(call.Arguments) : call.Arguments);
                    break;
                case ImagePart { Source.Base64: { } bytes } image:
                    Begin();
                    ItemWriter.WriteImage(json, response.ItemId("ig", _written++), image.MediaType, bytes);
                    break;
                case OpaquePart { Dialect: WireFormat.OpenAIResponses } opaque:
                    Begin();
                    opaque.Value.WriteTo(json);
                    _written++;
                    break;
            }
        }

        /// <summary>Items are written one by one, each a document of its own, so that the list can be copied whole.</summary>
        private void Begin()
        {
            if (_written > 0)
            {
                json.Flush();
                target.Write(","u8);
                json.Reset(target);
            }
        }
    }
}
