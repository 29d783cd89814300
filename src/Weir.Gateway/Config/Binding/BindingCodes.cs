namespace Weir.Gateway.Config.Binding;

/// <summary>Names of the kinds of problem that binding reports. They are stable: scripts match on them.</summary>
internal static class BindingCodes
{
    /// <summary>A value of a type that the setting does not take.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>A deployment whose provider this build does not have.</summary>
    public const string ProviderNotServed = "provider-not-served";

    /// <summary>A deployment whose prefix is no provider's.</summary>
    public const string UnknownProvider = "unknown-provider";

    /// <summary>A deployment without a prefix whose provider can't be told from its name.</summary>
    public const string NoProvider = "no-provider";

    /// <summary>A router that chooses by a model or a plugin.</summary>
    public const string RouterNotServed = "router-not-served";

    /// <summary>Mirrored traffic.</summary>
    public const string SilentModel = "silent-model";

    /// <summary>A deployment that is left out for another reason.</summary>
    public const string DeploymentLeftOut = "deployment-left-out";

    /// <summary>A mode whose calls the deployment's provider does not serve.</summary>
    public const string ModeNotServed = "mode-not-served";

    /// <summary>A deployment that has no key and needs one.</summary>
    public const string NoCredential = "no-credential";

    /// <summary>A deployment without an address.</summary>
    public const string NoAddress = "no-address";

    /// <summary>An address that is none.</summary>
    public const string BadAddress = "bad-address";

    /// <summary>An api-version that Azure does not know.</summary>
    public const string BadVersion = "bad-api-version";

    /// <summary>A name of an MCP server that reads badly in tool names.</summary>
    public const string McpServerName = "mcp-server-name";

    /// <summary>A regular expression that can't be used.</summary>
    public const string BadPattern = "bad-pattern";

    /// <summary>A name that <c>credential_list</c> does not hold.</summary>
    public const string UnknownCredential = "unknown-credential";

    /// <summary>A parameter that has no effect where it stands.</summary>
    public const string ParameterIgnored = "parameter-ignored";

    /// <summary>A name of a model that no entry defines.</summary>
    public const string UnknownGroup = "unknown-group";

    /// <summary>A fallback that can't do what its group needs.</summary>
    public const string WeakFallback = "weak-fallback";

    /// <summary>Fallbacks in a shape that LiteLLM does not read.</summary>
    public const string FallbackShape = "fallback-shape";

    /// <summary>An alias that is not one model.</summary>
    public const string AliasShape = "alias-shape";

    /// <summary>A strategy that does not exist.</summary>
    public const string UnknownStrategy = "unknown-strategy";

    /// <summary>A key of a policy that names no kind of error.</summary>
    public const string UnknownErrorClass = "unknown-error-class";

    /// <summary>A pass-through endpoint that can't be opened.</summary>
    public const string PassThrough = "pass-through-endpoint";

    /// <summary>A pass-through endpoint that asks nobody for a key.</summary>
    public const string OpenEndpoint = "open-endpoint";
}
