using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire;

namespace Weir.TestKit.Server;

/// <summary>One request: read it, write it down, decide on fault and answer, play them.</summary>
internal sealed class RequestHandler(ScriptedModel model) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        byte[] body;
        try
        {
            body = await ReadBodyAsync(context.Request, aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The client left while sending; there is no request to answer.
            context.Abort();
            return;
        }

        var number = Record(context.Request, body);
        model.Traffic.RequestStarted();
        var player = new FaultPlayer(context, model.Options);
        var left = false;
        try
        {
            await AnswerAsync(context, body, number, player, aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or System.Net.Sockets.SocketException)
        {
            left = true;
            context.Abort();
        }
        finally
        {
            model.Traffic.RequestEnded((left || aborted.IsCancellationRequested) && !player.EndedConnection);
        }
    }

    private async Task AnswerAsync(HttpContext context, byte[] body, int number, FaultPlayer player, CancellationToken aborted)
    {
        var route = ModelRoute.Match(context.Request, model.Options);
        using var document = ParseBody(body);
        var request = new ModelRequest(route, document?.RootElement, number);
        Fault fault;
        try
        {
            var header = context.Request.Headers["x-mock-fault"].ToString();
            fault = header.Length > 0 ? FaultText.Parse(header)
                : FaultText.OfModel(request.Model) ?? model.Faults.Next(request.Model);
        }
        catch (FormatException e)
        {
            await player.PlayAsync(Fault.None, new ErrorAnswer(model.Options, Fault.Http(400) with { Message = e.Message }, request), aborted);
            return;
        }

        Answer answer;
        if (fault.Kind == FaultKind.Status)
        {
            answer = new ErrorAnswer(model.Options, fault with { Message = ErrorAnswer.MessageOf(fault, context.Request, body) }, request);
        }
        else if (Refusal(context.Request, route, request, document) is { } refusal)
        {
            answer = new ErrorAnswer(model.Options, refusal, request);
        }
        else
        {
            answer = route.Kind switch
            {
                RouteKind.Chat => new ChatAnswer(model.Options, model.Script, request),
                RouteKind.Completion => new CompletionAnswer(model.Options, request),
                RouteKind.Embedding => new EmbeddingAnswer(model.Options, request),
                RouteKind.Models => new ModelsAnswer(model.Options, request, null),
                RouteKind.Model => new ModelsAnswer(model.Options, request, route.Model),
                _ => throw new InvalidOperationException($"No answer for {route.Kind}."),
            };
        }

        await player.PlayAsync(fault, answer, aborted);
    }

    private Fault? Refusal(HttpRequest http, ModelRoute route, ModelRequest request, JsonDocument? document)
    {
        if (route.Kind == RouteKind.Unknown)
        {
            return Fault.Http(404) with
            {
                Message = model.Options.Flavor == ModelFlavor.Azure ? null : $"Invalid URL ({http.Method} {http.Path})",
            };
        }

        if (model.Options.ApiKey is { } key && http.Headers["api-key"] != key && http.Headers.Authorization != "Bearer " + key)
        {
            return Fault.Http(401);
        }

        var reads = route.Kind is RouteKind.Chat or RouteKind.Completion or RouteKind.Embedding;
        if (reads != HttpMethods.IsPost(http.Method))
        {
            return Fault.Http(405);
        }

        if (reads && document is null)
        {
            return Fault.Http(400) with { Message = "We could not parse the JSON body of your request." };
        }

        if (reads && request.MissingMember is { } missing)
        {
            return Fault.Http(400) with
            {
                Message = $"Missing required parameter: '{missing}'.", Param = missing, Code = "missing_required_parameter",
            };
        }

        if (model.Options.Models.Count > 0 && request.Model is { } name && !model.Options.Models.Contains(BareName(name)))
        {
            return Fault.Http(404) with
            {
                Code = model.Options.Flavor == ModelFlavor.Azure ? "DeploymentNotFound" : "model_not_found",
                Message = model.Options.Flavor == ModelFlavor.Azure
                    ? "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."
                    : $"The model `{name}` does not exist or you do not have access to it.",
            };
        }

        return null;
    }

    private static string BareName(string name)
    {
        var at = name.IndexOf(FaultText.ModelSeparator, StringComparison.Ordinal);
        return at < 0 ? name : name[..at];
    }

    private static JsonDocument? ParseBody(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            // Answered with 400 by the caller.
            return null;
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is { } length and <= 1 << 30)
        {
            var exact = new byte[length];
            await request.Body.ReadExactlyAsync(exact, cancellationToken);
            return exact;
        }

        using var whole = new MemoryStream();
        await request.Body.CopyToAsync(whole, cancellationToken);
        return whole.ToArray();
    }

    private int Record(HttpRequest request, byte[] body)
    {
        var number = model.Requests.NextNumber();
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            headers.Add(new(name, values.ToString()));
        }

        model.Requests.Add(new RecordedRequest(
            number, request.Method, request.Path.Value ?? "/", request.QueryString.Value ?? "", headers, body));
        return number;
    }
}
