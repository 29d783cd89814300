using System.Security.Cryptography;
using System.Text;

namespace Weir.Providers;

/// <summary>A value that must never reach a log, a trace or an error text: <see cref="ToString"/> is always <c>***</c>.</summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    /// <summary>Wraps <paramref name="value"/>.</summary>
    public Secret(string value) => _value = value;

    /// <summary>The plain value. Call it only where the value leaves for its one addressee.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(_value), Encoding.UTF8.GetBytes(other._value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.Length;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
