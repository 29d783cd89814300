using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Cases;

/// <summary>The upstreams of a case (by letter) and the gateway in front of them.</summary>
internal sealed class World(IReadOnlyDictionary<char, ScriptedModel> upstreams)
{
    public ScriptedModel A => upstreams['A'];

    public ScriptedModel B => upstreams['B'];

    public ScriptedModel C => upstreams['C'];

    public IReadOnlyDictionary<char, ScriptedModel> Upstreams => upstreams;

    public WeirProcess? Gateway { get; set; }
}
