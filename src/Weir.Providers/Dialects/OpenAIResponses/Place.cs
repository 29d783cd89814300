namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Where in a body a reader stands, so that a complaint can name the member without a path being built for every good one. In answers nothing
/// is complained about: an upstream's slip costs the member, not the answer.
/// </summary>
internal readonly struct Place
{
    private readonly string? _list;
    private readonly int _item;
    private readonly string? _inner;
    private readonly int _part;

    private Place(string list, int item, string? inner, int part) => (_list, _item, _inner, _part) = (list, item, inner, part);

    /// <summary>Anywhere in an answer.</summary>
    internal static Place InAnswer => default;

    /// <summary>True in requests: a wrong type is an error.</summary>
    internal bool IsStrict => _list is not null;

    /// <summary>The n-th element of a top-level list of a request.</summary>
    internal static Place In(string list, int item) => new(list, item, null, 0);

    /// <summary>The n-th element of a list within.</summary>
    internal Place Within(string inner, int part) => _list is null ? default : new Place(_list, _item, inner, part);

    /// <summary>The path of a member here.</summary>
    internal string Path(string member)
    {
        var path = _inner is null ? $"{_list}[{_item}]" : $"{_list}[{_item}].{_inner}[{_part}]";
        return member.Length == 0 ? path : $"{path}.{member}";
    }

    /// <summary>The complaint about a member of the wrong type.</summary>
    internal DialectException Wrong(string member, string wanted)
    {
        var path = Path(member);
        return new DialectException(path, $"'{path}' must be {wanted}.");
    }
}
