using Weir.Providers;

foreach (var name in ProviderCatalog.Names)
{
    Console.WriteLine(name);
}
