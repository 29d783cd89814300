using System.Text;
using Mono.Cecil;

namespace Weir.House;

/// <summary>Writes down what an assembly promises to others: one line per public or protected member, sorted.</summary>
internal static class PublicSurface
{
    public static string Read(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.MainModule.Types.Where(type => type.IsPublic))
        {
            Add(type, lines);
        }

        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static void Add(TypeDefinition type, SortedSet<string> lines)
    {
        var name = Name(type);
        lines.Add($"{name} : {Kind(type)}{Parents(type)}");
        foreach (var field in type.Fields.Where(field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName))
        {
            var value = field.HasConstant ? $" = {field.Constant}" : "";
            lines.Add($"{name}.{field.Name} -> {Name(field.FieldType)}{value}");
        }

        foreach (var property in type.Properties)
        {
            var accessors = string.Concat(new[] { property.GetMethod, property.SetMethod }.OfType<MethodDefinition>().Where(IsSeen).Select(Accessor));
            if (accessors.Length > 0 && property.Name != "EqualityContract")
            {
                var index = property.HasParameters ? "[" + string.Join(", ", property.Parameters.Select(Parameter)) + "]" : "";
                lines.Add($"{name}.{property.Name}{index} {{ {accessors}}} -> {Name(property.PropertyType)}");
            }
        }

        foreach (var method in type.Methods.Where(method => IsSeen(method) && !IsCompilerMade(method)))
        {
            var generics = method.HasGenericParameters ? $"<{string.Join(", ", method.GenericParameters.Select(parameter => parameter.Name))}>" : "";
            var parameters = string.Join(", ", method.Parameters.Select(Parameter));
            var prefix = method.IsStatic ? "static " : method.IsAbstract && !type.IsInterface ? "abstract " : "";
            lines.Add($"{name}.{prefix}{method.Name}{generics}({parameters}) -> {Name(method.ReturnType)}");
        }

        foreach (var nested in type.NestedTypes.Where(nested => nested.IsNestedPublic || nested.IsNestedFamily))
        {
            Add(nested, lines);
        }
    }

    /// <summary>What the compiler writes for records and delegates follows from their kind and is not listed.</summary>
    private static bool IsCompilerMade(MethodDefinition method) =>
        method.Name is "<Clone>$" or "PrintMembers" or "get_EqualityContract" or ".cctor" or "BeginInvoke" or "EndInvoke" || method.Name.StartsWith('<')
        || method.IsGetter || method.IsSetter
        || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    private static bool IsSeen(MethodDefinition method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Accessor(MethodDefinition method) =>
        method.IsGetter ? "get; " : method.ReturnType is RequiredModifierType { ModifierType.Name: "IsExternalInit" } ? "init; " : "set; ";

    private static string Kind(TypeDefinition type)
    {
        var record = type.Methods.Any(method => method.Name == "<Clone>$") ? "record" : "class";
        return type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract " + record,
            { IsSealed: true } => "sealed " + record,
            _ => record,
        };
    }

    private static string Parents(TypeDefinition type)
    {
        var parents = type.Interfaces.Select(implementation => Name(implementation.InterfaceType)).Where(parent => parent != $"System.IEquatable<{Name(type)}>").Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { FullName: not ("System.Object" or "System.ValueType" or "System.Enum" or "System.MulticastDelegate") } parent)
        {
            parents.Insert(0, Name(parent));
        }

        return parents.Count == 0 ? "" : " (" + string.Join(", ", parents) + ")";
    }

    private static string Parameter(ParameterDefinition parameter)
    {
        var by = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByReference ? "ref " : "";
        var optional = parameter.IsOptional ? " = " + (parameter.HasConstant ? parameter.Constant ?? "null" : "default") : "";
        return $"{by}{Name(parameter.ParameterType)} {parameter.Name}{optional}";
    }

    private static string Name(TypeReference type)
    {
        switch (type)
        {
            case ByReferenceType byReference: return Name(byReference.ElementType);
            case RequiredModifierType modified: return Name(modified.ElementType);
            case ArrayType array: return Name(array.ElementType) + "[]";
            case GenericInstanceType generic:
                return $"{Plain(generic.ElementType)}<{string.Join(", ", generic.GenericArguments.Select(Name))}>";
            default:
                return type.HasGenericParameters ? $"{Plain(type)}<{string.Join(", ", type.GenericParameters.Select(parameter => parameter.Name))}>" : Plain(type);
        }
    }

    private static string Plain(TypeReference type)
    {
        var name = new StringBuilder(type.FullName.Split('`')[0].Replace('/', '.'));
        return name.Replace("System.String", "string").Replace("System.Int32", "int").Replace("System.Int64", "long").Replace("System.Boolean", "bool").Replace("System.Void", "void").ToString();
    }
}
