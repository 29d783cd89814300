using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>OpenAI's way, but for a stream of sound, which has no events.</summary>
internal sealed class SoundShape : OpenAIShape
{
    public static readonly new SoundShape Instance = new();

    public override ReadOnlyMemory<byte> EndlessStart => ReadOnlyMemory<byte>.Empty;

    public override ReadOnlyMemory<byte> FloodEvent { get; } = new byte[] { 0xFF, 0xFB, 0, 0 };

    public override ReadOnlyMemory<byte> BrokenEvent { get; } = "<html>oops"u8.ToArray();

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent) => ReadOnlyMemory<byte>.Empty;
}
