using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Writes a generateContent request. <see cref="ChatTurn.Model"/> goes into the path, not the body; what it accepts is judged by its name.</summary>
internal static class GeminiRequestWriter
{
    /// <summary>Writes <paramref name="turn"/>.</summary>
    public static void Write(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        var extras = GeminiExtras.Of(turn, dropped);
        using var json = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        json.WriteStartObject();
        new GeminiContentsWriter(json, turn, dropped).Write();
        GeminiToolWriter.Write(json, turn, extras, dropped);
        GeminiConfigWriter.Write(json, turn, extras, dropped);
        foreach (var extra in extras.Top)
        {
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }

        WriteTier(json, turn.ServiceTier, dropped);
        if (turn.EndUser is not null)
        {
            dropped.Add("user");
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteTier(Utf8JsonWriter json, string? tier, Dropped dropped)
    {
        switch (tier?.ToLowerInvariant())
        {
            case null or "auto" or "unspecified":
                // LiteLLM asks for `priority` here, which costs more: elsewhere `auto` means what the project is set to, and so does saying nothing.
                return;
            case "default" or "standard" or "standard_only":
                json.WriteString("serviceTier"u8, "standard"u8);
                return;
            case ("flex" or "priority") and var known:
                json.WriteString("serviceTier"u8, known);
                return;
            default:
                dropped.Add("service_tier");
                return;
        }
    }
}
