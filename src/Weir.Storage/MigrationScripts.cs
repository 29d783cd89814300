using System.Globalization;
using Weir.Gateway.Ledger;

namespace Weir.Storage;

/// <summary>
/// The scripts of one driver, in order. <c>0007_expand_x.sql</c> only adds, so that builds of before and after it serve side by side;
/// <c>0008_contract_y.sql</c> takes away what only older builds need, and shuts them out.
/// </summary>
internal sealed class MigrationScripts
{
    private readonly SortedDictionary<string, string> _texts;

    public MigrationScripts(IEnumerable<(string Name, string Text)> scripts) =>
        _texts = new SortedDictionary<string, string>(scripts.ToDictionary(script => script.Name, script => script.Text), StringComparer.Ordinal);

    /// <summary>In order.</summary>
    public IReadOnlyCollection<string> Names => _texts.Keys;

    /// <summary>What this build's schema is called: the number of its last script.</summary>
    public int Level => _texts.Count == 0 ? 0 : LevelOf(_texts.Keys.Last());

    /// <summary>The scripts that this build carries for a driver.</summary>
    public static MigrationScripts Embedded(string driver)
    {
        var assembly = typeof(MigrationScripts).Assembly;
        string prefix = driver + "/";
        return new(assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name =>
        {
            using var stream = assembly.GetManifestResourceStream(name) ?? throw new MigrationException($"the script {name} is not in this build", null);
            using var reader = new StreamReader(stream);
            return (name[prefix.Length..], reader.ReadToEnd());
        }));
    }

    public static bool IsContract(string name) => name.AsSpan(Math.Min(4, name.Length)).StartsWith("_contract_", StringComparison.Ordinal);

    public static int LevelOf(string name) =>
        name.Length > 4 && int.TryParse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int level) ? level : 0;

    public string Text(string name) => _texts[name];

    /// <summary>What is to run, in order.</summary>
    /// <param name="applied">What the database has.</param>
    /// <param name="oldest">The lowest level of all replicas that live; they are left able to work.</param>
    public List<string> Pending(IReadOnlySet<string> applied, int oldest) =>
        [.. Names.Where(name => !applied.Contains(name) && (!IsContract(name) || LevelOf(name) <= oldest))];

    public List<MigrationState> States(IReadOnlySet<string> applied) =>
        [.. Names.Union(applied).Order(StringComparer.Ordinal).Select(name => new MigrationState(name, applied.Contains(name), _texts.ContainsKey(name)))];

    /// <summary>What a later build added may stay; what it took away, this build can't do without.</summary>
    /// <exception cref="MigrationException">The database is past this build.</exception>
    public void RefuseLater(IReadOnlySet<string> applied, string database)
    {
        var strange = applied.Where(name => !_texts.ContainsKey(name) && !name.AsSpan(Math.Min(4, name.Length)).StartsWith("_expand_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
        if (strange.Count > 0)
        {
            throw new MigrationException(
                $"the database {database} was migrated by a later build of Weir, past what this one can work with ({string.Join(", ", strange)}). Start that build, or restore an older copy of the database.", null);
        }
    }
}
