using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects;

/// <summary>Marks the seals of one stream (see <see cref="Seals"/>).</summary>
/// <param name="vendor">Who seals.</param>
/// <param name="client">The client's dialect.</param>
public sealed class SealMarker(string vendor, WireFormat client)
{
    private (int Choice, int Index) _marked = (-1, -1);

    /// <summary>The step with its seal marked. A seal may come in pieces: the first one of a part bears the mark.</summary>
    public ChatDelta Mark(in ChatDelta delta)
    {
        if (delta.Kind == DeltaKind.PartStart)
        {
            _marked = (-1, -1);
            if (string.IsNullOrEmpty(delta.Signature))
            {
                return delta;
            }
            _marked = (delta.Choice, delta.Index);
            return delta with { Signature = Seals.Marked(delta.Signature, vendor, client) };
        }
        if (delta.Kind != DeltaKind.Signature || string.IsNullOrEmpty(delta.Text) || _marked == (delta.Choice, delta.Index))
        {
            return delta;
        }
        _marked = (delta.Choice, delta.Index);
        return delta with { Text = Seals.Marked(delta.Text, vendor, client) };
    }
}
