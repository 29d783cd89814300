using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weir.House;

/// <summary>Finds who makes an HTTP client, a handler or a socket, from method bodies.</summary>
internal static class SocketUse
{
    public static IEnumerable<string> Find(string path, string root)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var outer in assembly.MainModule.Types.Where(type => type.Namespace == root || type.Namespace.StartsWith(root + ".", StringComparison.Ordinal)))
        {
            if (Rules.SocketOpenersAllowedIn.Any(ns => outer.Namespace == ns || outer.Namespace.StartsWith(ns + ".", StringComparison.Ordinal)))
            {
                continue;
            }

            foreach (var made in WithNested(outer).SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(Made))
            {
                found.Add($"{outer.FullName} makes {made}");
            }

            foreach (var heir in WithNested(outer).Where(type => type.BaseType is { } parent && Rules.SocketOpeners.Contains(parent.FullName)))
            {
                found.Add($"{heir.FullName} inherits {heir.BaseType.FullName}");
            }
        }

        return found;
    }

    private static IEnumerable<string> Made(MethodDefinition method)
    {
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.OpCode == OpCodes.Newobj && instruction.Operand is MethodReference made && Rules.SocketOpeners.Contains(made.DeclaringType.FullName))
            {
                yield return made.DeclaringType.FullName;
            }
            else if (instruction.Operand is MethodReference { Name: "AddHttpClient" or "CreateClient" or "ConfigureHttpClientDefaults" } called && called.DeclaringType.FullName.Contains("Http", StringComparison.Ordinal))
            {
                yield return called.DeclaringType.FullName + "." + called.Name;
            }
        }
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);
}
