using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Weir.Providers.Pricing;

/// <summary>Prices and facts of the models that the world sells: the embedded table, and a file that may be put over it.</summary>
public sealed class PriceBook
{
    // Wildcard deployments ask for names that callers choose: the memory that they can take is bounded.
    private const int MostRemembered = 4096;

    private readonly Dictionary<string, ModelPrice> file;
    private readonly ConcurrentDictionary<(string Provider, string Model, string? Base), ModelPrice?> found = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> sold = new(StringComparer.Ordinal);

    private PriceBook(Dictionary<string, ModelPrice> file) => this.file = file;

    /// <summary>How many look-ups are remembered.</summary>
    internal int Remembered => found.Count;

    /// <summary>The embedded prices alone. Nothing is loaded until a model is asked for.</summary>
    public static PriceBook Embedded { get; } = new([]);

    /// <summary>
    /// The embedded prices under a file in the form of LiteLLM's <c>model_prices_and_context_window.json</c>. A row of the file
    /// replaces the embedded row of that name whole.
    /// </summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="InvalidDataException">Not such a file; the message says where and what was expected.</exception>
    public static PriceBook WithFile(ReadOnlySpan<byte> json, string name) => new(PriceFile.Read(json, name));

    /// <summary>
    /// The price of a model as LiteLLM looks it up: <c>provider/base_model</c>, <c>base_model</c>, <c>provider/model</c>,
    /// <c>model</c>, each then without a date or region where no such row exists. Null = unknown, not free.
    /// </summary>
    /// <param name="provider">Catalog name of the deployment's provider.</param>
    /// <param name="model">The upstream's model name, with or without the provider's prefix.</param>
    /// <param name="baseModel"><c>model_info.base_model</c>; null when not written.</param>
    public ModelPrice? Find(string provider, string model, string? baseModel)
    {
        if (found.TryGetValue((provider, model, baseModel), out var known))
        {
            return known;
        }

        var price = Search(provider, model, baseModel);
        if (found.Count < MostRemembered)
        {
            found.TryAdd((provider, model, baseModel), price);
        }

        return price;
    }

    /// <summary>
    /// <see cref="Find"/> with a deployment's own prices over it (see <see cref="ModelPrice.With"/>). A deployment that is in no
    /// book but says its prices is known. Null = unknown.
    /// </summary>
    /// <exception cref="ArgumentException">An own price is negative or absurd.</exception>
    public ModelPrice? Resolve(string provider, string model, string? baseModel, IReadOnlyDictionary<string, decimal> own)
    {
        var listed = Find(provider, model, baseModel);
        if (own.Count == 0)
        {
            return listed;
        }

        listed ??= new ModelPrice(new ModelFacts { Key = provider + "/" + model, Provider = provider }, FrozenDictionary<string, decimal>.Empty);
        return listed.With(own);
    }

    /// <summary>The row of exactly that name, or null.</summary>
    public ModelPrice? Row(string key) => file.TryGetValue(key, out var row) ? row : PriceTable.Find(key);

    /// <summary>The provider of a model that is written without a prefix (<c>gpt-4o</c> is <c>openai</c>'s); false when the book does not know it.</summary>
    public bool TryFindProvider(string model, out string provider)
    {
        provider = Row(model) is { } row ? PriceNames.Family(row.Facts.Provider)
            : model.StartsWith("ft:", StringComparison.Ordinal) ? "openai"
            : "";
        return provider.Length > 0;
    }

    /// <summary>The models that the book knows of a provider, by the upstream's own names, in alphabetical order; empty for a name that is no provider's.</summary>
    /// <param name="provider">Catalog name: ask only for names of the catalog, since each answer is remembered.</param>
    public IReadOnlyList<string> ModelsOf(string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return sold.GetOrAdd(provider, ListModels);
    }

    private IReadOnlyList<string> ListModels(string provider)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        PriceTable.ForEach(Add);
        foreach (var row in file.Values)
        {
            Add(row);
        }

        return [.. names];

        void Add(ModelPrice row)
        {
            var key = row.Facts.Key;
            if (key.StartsWith(provider + "/", StringComparison.Ordinal))
            {
                names.Add(key[(provider.Length + 1)..]);
            }
            else if (!key.Contains('/', StringComparison.Ordinal) && PriceNames.Family(row.Facts.Provider) == provider)
            {
                names.Add(key);
            }
        }
    }

    private ModelPrice? Search(string provider, string model, string? baseModel)
    {
        foreach (var (name, anyProvider) in PriceNames.Candidates(provider, model, baseModel))
        {
            if (Row(name) is { } row && (anyProvider || PriceNames.Matches(row.Facts.Provider, provider)))
            {
                return row;
            }
        }

        return null;
    }
}
