using System.Runtime.CompilerServices;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.Forms;
using Weir.Providers.Dialects.GeminiGenerate;
using Weir.Providers.Dialects.Media;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Dialects.TextCompletion;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>What one attempt came to: an answer, or a fault.</summary>
/// <param name="Answer">Null when it failed.</param>
/// <param name="Fault">Null when it answered.</param>
/// <param name="Status">The upstream's status, 0 for none.</param>
internal readonly record struct AttemptOutcome(ModelAnswer? Answer, UpstreamFault? Fault, int Status);

/// <summary>One call of one deployment, up to the point from which its answer can be passed on.</summary>
internal sealed class UpstreamAttempt(TimeProvider time, StreamCaps caps)
{
    private const int LongestErrorBody = 64 << 10;

    /// <summary>An event may hold a whole image.</summary>
    private const int LongestImageEvent = 64 << 20;

    /// <summary>Makes the attempt.</summary>
    /// <exception cref="GatewayException">The client is gone, or a parameter is refused before anyone is asked.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<AttemptOutcome> RunAsync(GatewayCall call, UpstreamDeployment deployment, RouteMatch route)
    {
        if (call.Options.MockFault is { } wished && call.FallbacksTried == 0)
        {
            return new AttemptOutcome(null, new UpstreamFault(wished, 0, $"This is a mock exception for model={call.Record.RequestedModel}, to trigger a fallback."), 0);
        }
        var model = deployment.ModelFor(route);
        var mock = call.Options.MockResponse ?? deployment.Config.MockResponse;
        if (mock is not null)
        {
            await ThreadHop.ToPool();
        }
        var asText = mock is null && call.Operation == Operation.Completion && deployment.Provider is IChatProvider and not ICompletionProvider;
        var surface = asText ? call.Surface.AsChat : call.Surface;
        var own = mock is null ? ClientsideParams.Find(call, deployment, model, surface.Operation) : null;
        var target = mock is not null ? UpstreamTarget.Mock : own is not null ? own.Target : model.TargetOf(surface);
        var countHere = call.Operation == Operation.CountTokens && (mock is not null || target is null);
        if (countHere)
        {
            await ThreadHop.ToPool();
            target = UpstreamTarget.Mock with { Format = call.Format };
        }
        if (target is null)
        {
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.BadRequest, 0, $"The provider '{deployment.Provider.Name}' does not serve {call.Operation} here."), 0);
        }
        if (call.Upload is { } upload && mock is null)
        {
            PatchForm(call, upload, deployment, target);
            call.Dropped = [];
        }
        else
        {
            call.Dropped = PatchBody(call, deployment, model, target, asText);
        }
        ICrossing? crossing = null;
        if (call.Operation == Operation.CountTokens && target.Format != call.Format)
        {
            crossing = CountCrossing.Begin(call, target, model);
            if (crossing is null)
            {
                countHere = true;
                await ThreadHop.ToPool();
                target = UpstreamTarget.Mock with { Format = call.Format };
            }
        }
        else if (mock is null && call.Operation == Operation.Embedding && deployment.Provider is IEmbeddingProvider { EmbeddingForm: not EmbeddingForm.OpenAI } embedder)
        {
            crossing = EmbeddingCrossing.Begin(call, embedder.EmbeddingForm, model);
        }
        else if (target.Format != call.Format)
        {
            crossing = Crossing.Begin(call, target, model, deployment.Provider, SupportedParams.TakesStreamOptions(deployment.Provider.Name), out var unsaid);
            if (unsaid is not null)
            {
                return new AttemptOutcome(null, unsaid, 0);
            }
        }
        else if (call.Operation == Operation.Chat && mock is null && Seals.MayBeMarked(call.Format, call.Bytes.Span))
        {
            Crossing.DropForeignSeals(call, target, model, deployment.Provider);
        }
        if (asText)
        {
            crossing = new TextCrossing(crossing);
        }
        if (IdCrossing.Concerns(call))
        {
            crossing = IdCrossing.Of(call, deployment, crossing);
        }
        var limits = TimeLimits.For(call, deployment);
        var timeout = PooledTimeout.Rent(time, call.Snapshot.Config.Request.CancelOnDisconnect ? call.Http.RequestAborted : CancellationToken.None);
        ModelAnswer? answer = null;
        HttpResponseMessage? response = null;
        try
        {
            var sentAt = time.GetTimestamp();
            timeout.Arm(call.Stream ? limits.FirstChunk : limits.Whole);
            var reply = countHere ? LocalCount.Answer(call, model.Model) : mock is not null ? Mock(mock, call, model.Model) : await SendAsync(call, deployment, target, own, timeout.Token);
            if (reply.Fault is { } unsent)
            {
                return new AttemptOutcome(null, unsent, unsent.Status);
            }
            response = reply.Response!;
            if ((int)response.StatusCode is < 200 or >= 300)
            {
                return new AttemptOutcome(null, await ReadFaultAsync(response, deployment, timeout.Token), (int)response.StatusCode);
            }
            if (response.Content.Headers.ContentEncoding.Count > 0)
            {
                return Failed(response, "The upstream compressed its answer although it was not asked to.");
            }
            var opened = new Opened(deployment, model, call.Surface.IsMedia ? MediaGlance.Instance : ChatDialects.GlanceOf(target.Format), crossing, response, timeout, sentAt);
            // A model that can't stream sounds or images sends them whole, asked or not.
            var outcome = call.Stream && (!call.Surface.IsMedia || Is(response, "text/event-stream")) ? await OpenStreamAsync(call, opened, limits)
                : call.Operation == Operation.Speech && !Is(response, "application/json") ? await OpenSoundAsync(opened, limits)
                : await ReadWholeAsync(call, opened);
            answer = outcome.Answer;
            return outcome;
        }
        catch (OperationCanceledException) when (timeout.Token.IsCancellationRequested)
        {
            if (call.Http.RequestAborted.IsCancellationRequested && call.Snapshot.Config.Request.CancelOnDisconnect)
            {
                throw new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
            }
            var limit = call.Stream ? limits.FirstChunk : limits.Whole;
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.Timeout, 0, $"Request timed out after {limit?.TotalSeconds:0.###} seconds."), 0);
        }
        finally
        {
            if (answer is null)
            {
                response?.Dispose();
                timeout.Dispose();
            }
        }
    }

    /// <summary>A response head that has come, and what its body is read with.</summary>
    internal readonly record struct Opened(
        UpstreamDeployment Deployment, UpstreamModel Model, IDialectGlance Glance, ICrossing? Crossing, HttpResponseMessage Response, PooledTimeout Timeout, long SentAt)
    {
        internal ModelAnswer Answer(UpstreamAnswer whole, ReadOnlyMemory<byte> told, AnswerFacts facts) =>
            new(Deployment, Model, Glance, Response, Timeout) { Whole = whole, Told = told, Facts = facts, SentAt = SentAt };

        internal ModelAnswer AnswerOfBytes(in TimeLimits limits) =>
            new(Deployment, Model, Glance, Response, Timeout) { IsBytes = true, IdleLimit = limits.Idle, SentAt = SentAt };

        internal ModelAnswer Text(UpstreamAnswer whole) => new(Deployment, Model, Glance, Response, Timeout)
        {
            Whole = whole, Told = whole.Memory, SentAt = SentAt, ContentType = Response.Content.Headers.ContentType?.ToString() ?? "text/plain; charset=utf-8",
        };

        internal ModelAnswer Answer(UpstreamBytes sound, in TimeLimits limits) =>
            new(Deployment, Model, Glance, Response, Timeout) { Sound = sound, IdleLimit = limits.Idle, WholeLimit = limits.WholeStream, SentAt = SentAt };

        internal ModelAnswer Answer(UpstreamStream stream, IStreamTranslation? translator, in TimeLimits limits) =>
            new(Deployment, Model, Glance, Response, Timeout) { Stream = stream, Translator = translator, IdleLimit = limits.Idle, WholeLimit = limits.WholeStream, SentAt = SentAt };
    }

    private static UpstreamReply Mock(string text, GatewayCall call, string model) => call.Surface.IsMedia ? MockMedia.Answer(text, call, model) : MockUpstream.Answer(text, call, model);

    private static void PatchForm(GatewayCall call, Upload upload, UpstreamDeployment deployment, UpstreamTarget target)
    {
        if (!FormPatcher.Apply(upload.Form, target.Patch, call.Options.AdditionalDropParams, upload.Patched))
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                $"What {deployment.Provider.Name} has to be sent holds the form's own boundary; send the form with another one.") { Param = "request_body" });
        }
    }

    private static bool Is(HttpResponseMessage response, string type) =>
        response.Content.Headers.ContentType?.MediaType is { } given && given.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Patches the body; returns the parameters that the provider does not take and that the configuration says to drop.</summary>
    private static IReadOnlyList<string> PatchBody(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, UpstreamTarget target, bool asText)
    {
        IReadOnlyList<string> left = [];
        var drop = call.Options.AdditionalDropParams;
        if (call.Format == WireFormat.OpenAIChat && !call.Surface.IsMedia && Unsupported(call, deployment, model, asText) is { Count: > 0 } unsupported)
        {
            if (!(call.Options.DropParams ?? deployment.DropParams ?? call.Snapshot.Config.Request.DropParams))
            {
                throw new GatewayException(new GatewayError(ErrorKind.UnsupportedParams,
                    $"litellm.UnsupportedParamsError: {deployment.Provider.Name} does not support parameters: ['{string.Join("', '", unsupported)}'], for model={model.Model}. " +
                    "To drop these, set `litellm_settings: drop_params: true` or send \"drop_params\": true."));
            }
            left = unsupported;
            drop = [.. drop, .. unsupported];
        }
        if (asText)
        {
            drop = [.. drop, .. ChatAsText.NotInChat];
        }
        var takesOptions = SupportedParams.TakesStreamOptions(deployment.Provider.Name);
        if (!takesOptions && (call.View.Has(RequestMember.StreamOptions) || model.Patch.Defaults.ContainsKey("stream_options")))
        {
            // Refused there even with drop_params off, and nothing is lost: such a vendor reports usage with its last chunk anyway.
            drop = [.. drop, "stream_options"];
        }
        var same = target.Format == call.Format;
        var patch = call.Surface.ModelInPath ? model.PatchWithoutModel : same ? target.Patch : model.Patch;
        if (ForwardedHeaders.Betas(call, target) is { IsEmpty: false } betas)
        {
            patch = patch with { Defaults = new Dictionary<string, ReadOnlyMemory<byte>>(patch.Defaults) { ["anthropic_beta"] = betas } };
        }
        RequestPatcher.Apply(call.Bytes, call.View, patch, wantUsage: call.Stream && same && target.Format == WireFormat.OpenAIChat && takesOptions && !call.Surface.IsMedia, drop, call.Patched);
        if (asText && !ChatAsText.TryPatch(call.Bytes, call.View, call.Patched))
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                $"The provider '{deployment.Provider.Name}' has chat alone, to which a text completion goes as one message: 'prompt' must be one text there.") { Param = "prompt" });
        }
        return left;
    }

    private static IReadOnlyList<string>? Unsupported(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, bool asText)
    {
        var refused = SupportedParams.FindUnsupported(call.Bytes.Span, call.View, deployment.Provider.Name, model.Model);
        return asText ? [.. refused ?? [], .. SupportedParams.Present(call.Bytes.Span, call.View, ChatAsText.NotInChat)] : refused;
    }

    private static async ValueTask<UpstreamReply> SendAsync(GatewayCall call, UpstreamDeployment deployment, UpstreamTarget target, ClientsideTarget? own, CancellationToken cancellationToken)
    {
        var credential = own?.Credential ?? deployment.Credential;
        var request = new UpstreamCall(call.Stream ? target.Streamed : target.Whole, call.Outgoing, credential, ForwardedHeaders.With(call, target));
        var reply = await deployment.Http.PostAsync(request, cancellationToken);
        if (reply.Response is not { StatusCode: System.Net.HttpStatusCode.Unauthorized } || !credential.Invalidate())
        {
            return reply;
        }
        // A token may have been revoked before its time: drop it and ask once more with a new one.
        reply.Response.Dispose();
        return await deployment.Http.PostAsync(request, cancellationToken);
    }

    internal static async ValueTask<UpstreamFault> ReadFaultAsync(HttpResponseMessage response, UpstreamDeployment deployment, CancellationToken cancellationToken)
    {
        var (body, _) = await UpstreamAnswer.ReadAsync(response, LongestErrorBody, cancellationToken);
        using (body)
        {
            // A body that can't be read leaves the status to speak.
            return FaultReader.Read(response, body is null ? default : body.Memory.Span, deployment.FaultContext);
        }
    }

    /// <summary>Opens an answer that is no text, up to its first bytes.</summary>
    private async ValueTask<AttemptOutcome> OpenSoundAsync(Opened opened, TimeLimits limits)
    {
        var response = opened.Response;
        var sound = new UpstreamBytes(response, await response.Content.ReadAsStreamAsync(opened.Timeout.Token), caps.TotalBytes);
        try
        {
            if (await sound.OpenAsync(opened.Timeout.Token) is { } fault)
            {
                return new AttemptOutcome(null, fault, (int)response.StatusCode);
            }
            var answer = opened.Answer(sound, limits);
            sound = null;
            return new AttemptOutcome(answer, null, (int)response.StatusCode);
        }
        finally
        {
            sound?.Dispose();
        }
    }

    private async ValueTask<AttemptOutcome> ReadWholeAsync(GatewayCall call, Opened opened)
    {
        var (response, deployment) = (opened.Response, opened.Deployment);
        var status = (int)response.StatusCode;
        var (body, fault) = await UpstreamAnswer.ReadAsync(response, caps.TotalBytes, opened.Timeout.Token);
        if (body is null)
        {
            return new AttemptOutcome(null, fault, status);
        }
        var facts = opened.Glance.ReadFacts(body.Memory.Span);
        var problem = "";
        if (facts.IsJsonObject && !facts.HasError && (opened.Crossing is null ? body.Memory : opened.Crossing.Translate(body.Memory.Span, out problem)) is { } told)
        {
            facts = opened.Crossing is EmbeddingCrossing embeddings ? facts with { Usage = embeddings.Usage } : facts;
            return new AttemptOutcome(opened.Answer(whole: body, told, facts), null, status);
        }
        if (call.Surface.TakesForm && call.Operation != Operation.ImageEdit && !facts.IsJsonObject && !Is(response, "application/json") && body.Length > 0)
        {
            // A transcript as plain text or subtitles.
            return new AttemptOutcome(opened.Text(body), null, status);
        }
        using (body)
        {
            return problem.Length > 0 ? Failed(response, problem) : facts.HasError
                ? new AttemptOutcome(null, FaultReader.ReadEvent(body.Memory.Span, deployment.FaultContext), status)
                : Failed(response, body.Length == 0 ? "The upstream's answer is empty." : "The upstream's answer is not a JSON object.");
        }
    }

    internal async ValueTask<AttemptOutcome> OpenStreamAsync(GatewayCall call, Opened opened, TimeLimits limits)
    {
        var (response, deployment, timeout) = (opened.Response, opened.Deployment, opened.Timeout);
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!EventSource.IsStream(type))
        {
            var (body, fault) = await UpstreamAnswer.ReadAsync(response, LongestErrorBody, timeout.Token);
            using (body)
            {
                return body is not null && opened.Glance.ReadFacts(body.Memory.Span).HasError
                    ? new AttemptOutcome(null, FaultReader.ReadEvent(body.Memory.Span, deployment.FaultContext), (int)response.StatusCode)
                    : fault is not null ? new AttemptOutcome(null, fault, (int)response.StatusCode)
                    : Failed(response, "The upstream did not stream although it was asked to.");
            }
        }
        var request = call.Snapshot.Config.Request;
        var withhold = opened.Crossing is not Crossing && !RequestPatcher.CallerAskedForUsage(call.View) && !request.AlwaysIncludeStreamUsage;
        var stream = new UpstreamStream(response, EventSource.Open(await response.Content.ReadAsStreamAsync(timeout.Token), type, caps),
            new StreamRules(call.Surface.IsMedia ? caps with { EventBytes = LongestImageEvent } : caps, withhold, request.AzureCompatStrip), deployment.FaultContext, opened.Glance);
        try
        {
            timeout.Arm(TimeLimits.Next(limits.FirstContent, limits.WholeStream, time.GetElapsedTime(opened.SentAt)));
            if (await stream.OpenAsync(timeout.Token) is { } fault)
            {
                return new AttemptOutcome(null, fault, (int)response.StatusCode);
            }
            var translator = opened.Crossing?.Stream();
            call.Array = call.Path.AsArray ? new GeminiArrayStream(translator) : null;
            var answer = opened.Answer(stream, call.Array ?? translator, limits);
            stream = null;
            return new AttemptOutcome(answer, null, (int)response.StatusCode);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    internal static AttemptOutcome Failed(HttpResponseMessage response, string message) =>
        new(null, new UpstreamFault(FaultKind.BadResponse, (int)response.StatusCode, message), (int)response.StatusCode);
}
