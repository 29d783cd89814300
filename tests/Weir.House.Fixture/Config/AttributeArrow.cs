using System.ComponentModel;
using Weir.House.Fixture.Endpoints;

namespace Weir.House.Fixture.Config;

/// <summary>Bad: the type upstairs is only named in an attribute.</summary>
[TypeConverter(typeof(Page))]
internal sealed class AttributeArrow;
