using System.Collections.Immutable;
using System.Text;
using Weir.Gateway.Config.Check;
using YamlDotNet.Core;

namespace Weir.Gateway.Config.Yaml;

/// <summary>Reads YAML as LiteLLM's PyYAML does, within <see cref="YamlLimits"/>, keeping the place of everything.</summary>
internal static class YamlReader
{
    /// <summary>Reads a file that must hold one document. Null when it can't be read, is no YAML or is empty; the problems say why.</summary>
    public static ConfigNode? Read(string path, ConfigProblems problems) =>
        ReadFile(path, problems) is { } bytes ? Read(bytes, path, problems) : null;

    /// <summary>Reads the bytes of a file that must hold one document.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name in messages.</param>
    /// <param name="problems">Where everything that is wrong goes.</param>
    public static ConfigNode? Read(ReadOnlySpan<byte> bytes, string file, ConfigProblems problems)
    {
        var documents = ReadDocuments(bytes, file, problems);
        RefuseSecond(documents, problems);
        return documents.IsEmpty ? null : documents[0];
    }

    /// <summary>Reads the bytes of a file with any number of documents; empty when it is no YAML.</summary>
    public static ImmutableArray<ConfigNode> ReadDocuments(ReadOnlySpan<byte> bytes, string file, ConfigProblems problems) =>
        Decode(bytes, file, problems) is { } text ? ReadDocuments(YamlSource.OfFile(file, text), problems) : [];

    /// <summary>Reads the documents of a source.</summary>
    public static ImmutableArray<ConfigNode> ReadDocuments(YamlSource source, ConfigProblems problems)
    {
        var reader = new YamlTreeReader(source, problems);
        try
        {
            return reader.ReadAll();
        }
        catch (YamlException exception)
        {
            YamlSyntax.Explain(source, exception.Start, exception.Message, reader.OpenFlow, problems);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // YamlDotNet meets some broken files (a flow list that is never closed) with exceptions of other types; the file is as wrong.
            YamlSyntax.Explain(source, reader.Reached, exception.Message, reader.OpenFlow, problems);
        }

        return [];
    }

    /// <summary>Reports a second document: PyYAML's loader raises on it, so LiteLLM does not start.</summary>
    public static void RefuseSecond(ImmutableArray<ConfigNode> documents, ConfigProblems problems)
    {
        if (documents.Length > 1)
        {
            problems.Error(
                "second-document", documents[1].Position, "",
                "The file holds a second YAML document (after '---'); LiteLLM refuses that. Only the first is read: join them, or name the others under 'include:'.");
        }
    }

    /// <summary>The bytes of a file; null, with a problem, when it can't be read or is too large.</summary>
    public static byte[]? ReadFile(string path, ConfigProblems problems)
    {
        var start = new ConfigPosition(path, 1, 1);
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > YamlLimits.Bytes)
            {
                problems.Error("too-large", start, "", $"The file is larger than {YamlLimits.Bytes >> 20} MB.", $"{info.Length} bytes");
                return null;
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var why = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "it is a folder, or this user may not read it",
                _ => exception.Message,
            };
            problems.Error("unreadable-file", start, "", $"The file can't be read: {why}.");
            return null;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> bytes, string file, ConfigProblems problems)
    {
        var start = new ConfigPosition(file, 1, 1);
        if (bytes.Length > YamlLimits.Bytes)
        {
            problems.Error("too-large", start, "", $"The file is larger than {YamlLimits.Bytes >> 20} MB.", $"{bytes.Length} bytes");
            return null;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }
        else if (bytes.StartsWith(Encoding.Unicode.Preamble) || bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            problems.Error("not-utf8", start, "", "The file is UTF-16; save it as UTF-8.");
            return null;
        }

        var decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        string text;
        try
        {
            text = decoder.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            var before = bytes[..Math.Clamp(exception.Index, 0, bytes.Length)];
            var line = before.Count((byte)'\n') + 1;
            var column = before.Length - before.LastIndexOf((byte)'\n');
            problems.Error("not-utf8", new ConfigPosition(file, line, column), "", "The file is not UTF-8 here; save it as UTF-8.");
            return null;
        }

        return FindControl(text) is { } control ? RefuseControl(control, text, file, problems) : text;
    }

    private static string? RefuseControl(int index, string text, string file, ConfigProblems problems)
    {
        var before = text.AsSpan(0, index);
        problems.Error(
            "control-character", new ConfigPosition(file, before.Count('\n') + 1, index - before.LastIndexOf('\n')), "",
            $"The character U+{(int)text[index]:X4} is not allowed in YAML; delete it.");
        return null;
    }

    private static int? FindControl(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is (< ' ' and not ('\t' or '\n' or '\r')) or '\u007F' or (>= '\u0080' and < '\u00A0' and not '\u0085') or '\uFFFE' or '\uFFFF')
            {
                return i;
            }
        }

        return null;
    }
}
