using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>JSON as Node and Python read it, a whole batch of bodies in one process.</summary>
internal static class OtherReaders
{
    private const string Node = """
        const say = v => v === undefined ? "-" : v === null ? "null" : v === true ? "true" : v === false ? "false" : typeof v === "number" ? "#" + bits(v)
          : typeof v === "string" ? "$" + Buffer.from(v, "utf16le").toString("hex") : typeof v;
        const bits = v => { const b = Buffer.alloc(8); b.writeDoubleBE(v + 0); return b.toString("hex"); };
        const own = (o, k) => o !== null && typeof o === "object" && Object.prototype.hasOwnProperty.call(o, k) ? o[k] : undefined;
        const text = require("fs").readFileSync(0, "latin1");
        for (const line of text.split("\n")) {
          if (!line) continue;
          let o;
          try { o = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(line, "hex"))); } catch { console.log("unreadable"); continue; }
          console.log([own(o, "model"), own(o, "stream"), own(own(o, "stream_options"), "include_usage"), own(o, "n"), own(o, "user")].map(say).join(" "));
        }
        """;

    private const string Python = """
        import json, struct, sys
        def say(v):
            if v is MISSING: return "-"
            if v is None: return "null"
            if v is True: return "true"
            if v is False: return "false"
            if isinstance(v, (int, float)): return "#" + struct.pack(">d", float(v) + 0.0).hex()
            if isinstance(v, str): return "$" + v.encode("utf-16-le", "surrogatepass").hex()
            return "object"
        MISSING = object()
        def own(o, k): return o.get(k, MISSING) if isinstance(o, dict) else MISSING
        for line in sys.stdin:
            line = line.strip()
            if not line: continue
            try: o = json.loads(bytes.fromhex(line).decode("utf-8"))
            except Exception:
                print("unreadable"); continue
            print(" ".join(say(v) for v in (own(o, "model"), own(o, "stream"), own(own(o, "stream_options"), "include_usage"), own(o, "n"), own(o, "user"))))
        """;

    /// <summary>One line per body; null when Node is not installed.</summary>
    internal static Task<string[]?> ReadWithNodeAsync(IEnumerable<byte[]> bodies, CancellationToken cancellationToken) => RunAsync("node", ["-e", Node], bodies, cancellationToken);

    /// <summary>One line per body; null when Python is not installed.</summary>
    internal static Task<string[]?> ReadWithPythonAsync(IEnumerable<byte[]> bodies, CancellationToken cancellationToken) => RunAsync("python3", ["-c", Python], bodies, cancellationToken);

    /// <summary>A string as both scripts print it.</summary>
    internal static string Text(string text) => "$" + Convert.ToHexStringLower(Encoding.Unicode.GetBytes(text));

    /// <summary>A number as both scripts print it.</summary>
    internal static string Number(double number) => "#" + BitConverter.DoubleToInt64Bits(number + 0.0).ToString("x16", CultureInfo.InvariantCulture);

    private static async Task<string[]?> RunAsync(string program, string[] arguments, IEnumerable<byte[]> bodies, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
        using var running = process ?? throw new InvalidOperationException($"{program} did not start.");
        var output = running.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = running.StandardError.ReadToEndAsync(cancellationToken);
        foreach (var body in bodies)
        {
            await running.StandardInput.WriteAsync(Convert.ToHexStringLower(body) + "\n");
        }
        running.StandardInput.Close();
        await running.WaitForExitAsync(cancellationToken);
        Assert.True(running.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
