using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Gateway.Audit.Verify;

/// <summary>What a verification found.</summary>
public sealed record AuditReport
{
    /// <summary>Rows that were read.</summary>
    public long Rows { get; init; }

    /// <summary>Chains.</summary>
    public int Chains { get; init; }

    /// <summary>Checkpoints in the database.</summary>
    public int Checkpoints { get; init; }

    /// <summary>Checkpoints in the witness.</summary>
    public int Witnessed { get; init; }

    /// <summary>Rows at or before a checkpoint whose signature is valid.</summary>
    public long Proven { get; init; }

    /// <summary>What is not as it was written.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>What can't be proven, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Nothing was found.</summary>
    public bool Ok => Findings.Count == 0;

    /// <summary>For people.</summary>
    public void WriteText(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(FormattableString.Invariant($"{Rows} rows in {Chains} chains; {Checkpoints} checkpoints in the database, {Witnessed} in the witness; {Proven} rows are proven."));
        foreach (var finding in Findings)
        {
            output.WriteLine($"{Word(finding.Fault)}: {finding.Text}");
        }
        foreach (var note in Notes)
        {
            output.WriteLine($"not provable: {note}");
        }
        output.WriteLine(Ok ? "Nothing was changed." : FormattableString.Invariant($"{Findings.Count} findings."));
    }

    /// <summary>For machines.</summary>
    public string Json()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, Ok);
            json.WriteNumber("rows"u8, Rows);
            json.WriteNumber("chains"u8, Chains);
            json.WriteNumber("checkpoints"u8, Checkpoints);
            json.WriteNumber("witnessed"u8, Witnessed);
            json.WriteNumber("proven"u8, Proven);
            json.WriteStartArray("findings"u8);
            foreach (var finding in Findings)
            {
                json.WriteStartObject();
                json.WriteString("fault"u8, Word(finding.Fault));
                json.WriteString("chain"u8, finding.Chain);
                json.WriteNumber("from"u8, finding.From);
                json.WriteNumber("to"u8, finding.To);
                json.WriteString("call_id"u8, finding.CallId);
                json.WriteString("text"u8, finding.Text);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("not_provable"u8);
            foreach (var note in Notes)
            {
                json.WriteStringValue(note);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The word of a fault, as it is printed.</summary>
    public static string Word(AuditFault fault) => JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());
}
