namespace Weir.Gateway.Config.Yaml;

/// <summary>A place in a configuration file.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
public readonly record struct ConfigPosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, the form that editors jump to.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
