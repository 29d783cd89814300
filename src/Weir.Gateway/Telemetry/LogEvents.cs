using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Telemetry;

/// <summary>What the gateway says of its own life. Requests are not logged: they are in the ledger. No text of a request or key appears here.</summary>
internal static partial class LogEvents
{
    [LoggerMessage(1001, LogLevel.Information, "Draining: readiness fails from now on, {InFlight} requests are being finished")]
    internal static partial void Draining(this ILogger logger, int inFlight);

    [LoggerMessage(1014, LogLevel.Warning, "Deployment {Model} of group {Group} ({Origin}) is left out: {Reason}")]
    internal static partial void DeploymentRejected(this ILogger logger, string group, string model, string origin, string reason);

    [LoggerMessage(1020, LogLevel.Information, "OpenTelemetry goes to {Endpoint} as service {Service}")]
    internal static partial void ExportStarted(this ILogger logger, Uri endpoint, string service);

    [LoggerMessage(1021, LogLevel.Error, "OpenTelemetry is off: {Problem}")]
    internal static partial void ExportRefused(this ILogger logger, string problem);

    [LoggerMessage(1022, LogLevel.Warning, "The receiver of OpenTelemetry did not take a batch; more failures are counted in litellm_callback_logging_failures_metric_total and not logged")]
    internal static partial void ExportFailing(this ILogger logger);

    [LoggerMessage(1023, LogLevel.Warning, "Sign-in at an upstream's identity provider: {What}")]
    internal static partial void SignInTrouble(this ILogger logger, string what);

    [LoggerMessage(1024, LogLevel.Warning, "Neither LITELLM_SALT_KEY nor a master key is set: ids of stored responses, files and batches are wrapped with a secret of this process, and nobody knows them after a restart")]
    internal static partial void IdsEndWithProcess(this ILogger logger);

    [LoggerMessage(1043, LogLevel.Error, "{Action} happened and could not be written to the audit: {Problem}")]
    internal static partial void NotAudited(this ILogger logger, string action, string problem);

    [LoggerMessage(1030, LogLevel.Warning, "No price is known for {Model} of provider {Provider} (deployment {Deployment}): its cost is recorded as unknown; set model_info.base_model or input_cost_per_token and output_cost_per_token")]
    internal static partial void PriceUnknown(this ILogger logger, string provider, string model, string deployment);
}
