using System.Text.Json;

namespace Weir.TestKit.Wire.Files;

/// <summary>A batch: new when it is made, complete (or cancelled) when somebody looks at it again.</summary>
internal sealed class StoredBatch(string id, string endpoint, string window, StoredFile input, StoredFile output, int lines, JsonElement? metadata)
{
    private readonly Lock _lock = new();

    public string Id => id;

    public StoredFile Output => output;

    public string Status { get; private set; } = "validating";

    /// <summary>Time goes on, as it does between two looks.</summary>
    public void Advance()
    {
        lock (_lock)
        {
            Status = Status switch { "validating" => "completed", "cancelling" => "cancelled", var ended => ended };
        }
    }

    /// <summary>Begins to stop; false when it has ended.</summary>
    public bool Cancel()
    {
        lock (_lock)
        {
            if (Status is not ("validating" or "cancelling"))
            {
                return false;
            }

            Status = "cancelling";
            return true;
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        var done = Status == "completed";
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "batch");
        json.WriteString("endpoint", endpoint);
        json.WriteNull("errors");
        json.WriteString("input_file_id", input.Id);
        json.WriteString("completion_window", window);
        json.WriteString("status", Status);
        json.WriteString("output_file_id", done ? output.Id : null);
        json.WriteNull("error_file_id");
        json.WriteNumber("created_at", Answer.Created);
        Time("in_progress_at", done);
        json.WriteNumber("expires_at", Answer.Created + 86_400);
        Time("finalizing_at", done);
        Time("completed_at", done);
        json.WriteNull("failed_at");
        json.WriteNull("expired_at");
        Time("cancelling_at", Status is "cancelling" or "cancelled");
        Time("cancelled_at", Status is "cancelled");
        json.WriteStartObject("request_counts");
        json.WriteNumber("total", lines);
        json.WriteNumber("completed", done ? lines : 0);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
        json.WritePropertyName("metadata");
        if (metadata is { } given)
        {
            given.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();

        void Time(string name, bool reached)
        {
            if (reached)
            {
                json.WriteNumber(name, Answer.Created);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }
}
