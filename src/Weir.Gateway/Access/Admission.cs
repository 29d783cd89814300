using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>Who calls, or why nobody is let in: exactly one of the two is there.</summary>
internal readonly record struct Admission(Caller? Caller, GatewayError? Error);

/// <summary>What is asked for, as far as it decides who may.</summary>
/// <param name="Kind">What the route is for.</param>
/// <param name="Pattern">Its pattern.</param>
internal readonly record struct AskedRoute(RouteKind Kind, string Pattern);
