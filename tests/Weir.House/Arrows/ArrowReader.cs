using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weir.House.Arrows;

/// <summary>
/// Reads who uses whom from a compiled assembly: signatures, attributes and method bodies. What the compiler makes of a
/// method (state machine, closure, local function) is nested in the method's type, so it counts to the outermost type.
/// </summary>
internal sealed class ArrowReader
{
    private readonly HashSet<Arrow> _arrows = [];
    private readonly Func<string, bool> _isOurs;
    private TypeDefinition _owner;

    private ArrowReader(Func<string, bool> isOurs, TypeDefinition first)
    {
        _isOurs = isOurs;
        _owner = first;
    }

    /// <summary>All arrows of the assembly between types whose namespace is <paramref name="isOurs"/>.</summary>
    public static IReadOnlyCollection<Arrow> Read(string path, Func<string, bool> isOurs)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var types = assembly.MainModule.Types;
        var reader = new ArrowReader(isOurs, types[0]);
        foreach (var type in types.Where(type => isOurs(type.Namespace)))
        {
            reader._owner = type;
            reader.Visit(type);
        }

        return reader._arrows;
    }

    private void Visit(TypeDefinition type)
    {
        Use(type.BaseType);
        Attributes(type);
        Generics(type);
        foreach (var implementation in type.Interfaces)
        {
            Use(implementation.InterfaceType);
        }

        foreach (var field in type.Fields)
        {
            Use(field.FieldType);
            Attributes(field);
        }

        foreach (var property in type.Properties)
        {
            Use(property.PropertyType);
            Attributes(property);
        }

        foreach (var @event in type.Events)
        {
            Use(@event.EventType);
            Attributes(@event);
        }

        foreach (var method in type.Methods)
        {
            Visit(method);
        }

        foreach (var nested in type.NestedTypes)
        {
            Visit(nested);
        }
    }

    private void Visit(MethodDefinition method)
    {
        Attributes(method);
        Attributes(method.MethodReturnType);
        Generics(method);
        Use((MethodReference)method);
        foreach (var parameter in method.Parameters)
        {
            Attributes(parameter);
        }

        foreach (var over in method.Overrides)
        {
            Use(over);
        }

        if (!method.HasBody)
        {
            return;
        }

        foreach (var local in method.Body.Variables)
        {
            Use(local.VariableType);
        }

        foreach (var handler in method.Body.ExceptionHandlers)
        {
            Use(handler.CatchType);
        }

        foreach (var instruction in method.Body.Instructions)
        {
            Use(instruction);
        }
    }

    private void Use(Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case TypeReference type: Use(type); break;
            case MethodReference method: Use(method); break;
            case FieldReference field: Use(field.DeclaringType); Use(field.FieldType); break;
            case CallSite site: Use(site.ReturnType); Use(site.Parameters); break;
        }
    }

    private void Use(MethodReference method)
    {
        Use(method.DeclaringType);
        Use(method.ReturnType);
        Use(method.Parameters);
        if (method is GenericInstanceMethod generic)
        {
            foreach (var argument in generic.GenericArguments)
            {
                Use(argument);
            }
        }
    }

    private void Use(IEnumerable<ParameterDefinition> parameters)
    {
        foreach (var parameter in parameters)
        {
            Use(parameter.ParameterType);
        }
    }

    private void Use(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case FunctionPointerType pointer:
                Use(pointer.ReturnType);
                Use(pointer.Parameters);
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments)
                {
                    Use(argument);
                }

                Use(generic.ElementType);
                return;
            case TypeSpecification wrapped:
                Use(wrapped.ElementType);
                return;
        }

        var outer = type;
        while (outer.DeclaringType is not null)
        {
            outer = outer.DeclaringType;
        }

        if (outer.FullName != _owner.FullName && _isOurs(outer.Namespace))
        {
            _arrows.Add(new Arrow(_owner.FullName, _owner.Namespace, outer.FullName, outer.Namespace));
        }
    }

    private void Generics(IGenericParameterProvider provider)
    {
        foreach (var constraint in provider.GenericParameters.SelectMany(parameter => parameter.Constraints))
        {
            Use(constraint.ConstraintType);
        }
    }

    private void Attributes(ICustomAttributeProvider provider)
    {
        foreach (var attribute in provider.CustomAttributes)
        {
            Use(attribute.AttributeType);
            var values = attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument));
            foreach (var value in values)
            {
                Use(value.Value as TypeReference);
            }
        }
    }
}
