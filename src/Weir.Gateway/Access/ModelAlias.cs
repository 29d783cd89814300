namespace Weir.Gateway.Access;

/// <summary>What a name of a key or a team stands for.</summary>
/// <param name="Target">The model.</param>
/// <param name="Grants">
/// The right to the name is the right to the model. So it is with a team's names; those of a key can be written by whoever has the key made.
/// </param>
internal readonly record struct ModelAlias(string Target, bool Grants);
