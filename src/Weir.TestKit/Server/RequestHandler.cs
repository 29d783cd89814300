using System.Collections.ObjectModel;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire;
using Weir.TestKit.Wire.Realtime;

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
        var route = ModelRoute.Match(context.Request, model.Options);
        ReceivedBody body;
        try
        {
            body = await ReceivedBody.ReadAsync(context.Request, route.Kind, model.Traffic, aborted);
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
            await AnswerAsync(context, route, body, number, player, aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or WebSocketException)
        {
            left = true;
            context.Abort();
        }
        finally
        {
            model.Traffic.RequestEnded((left || aborted.IsCancellationRequested) && !player.EndedConnection);
        }
    }

    private async Task AnswerAsync(HttpContext context, ModelRoute route, ReceivedBody body, int number, FaultPlayer player, CancellationToken aborted)
    {
        using var document = body.Parse();
        var request = Operations.Read(model.Options, route, document?.RootElement, body.Form, number, context.Request, model.State);
        var shape = route.Kind == RouteKind.Unknown ? Operations.ShapeAt(context.Request.Path.Value ?? "/") : Operations.ShapeOf(route.Kind);
        Fault fault;
        try
        {
            var header = context.Request.Headers["x-mock-fault"].ToString();
            fault = header.Length > 0 ? FaultText.Parse(header)
                : FaultText.OfModel(request.Model) ?? model.Faults.Next(request.Model);
        }
        catch (FormatException e)
        {
            await player.PlayAsync(Fault.None, shape.Error(model.Options, Fault.Http(400) with { Message = e.Message }, request), aborted);
            return;
        }

        if (fault.Kind == FaultKind.Status)
        {
            await player.PlayAsync(fault, shape.Error(model.Options, fault with { Message = WireShape.MessageOf(fault, context.Request, body.Bytes) }, request), aborted);
        }
        else if (Refusal(context.Request, body.Bytes, route, shape, request, document) is { } refusal)
        {
            await player.PlayAsync(fault, shape.Error(model.Options, refusal, request), aborted);
        }
        else if (route.Kind == RouteKind.Realtime && RealtimePlayer.IsHandshake(context))
        {
            var session = new RealtimeSession(model.Options, model.Script, route, number);
            var realtime = new RealtimePlayer(context, model.Options);
            try
            {
                await realtime.PlayAsync(session, fault, message => RecordMessage(context.Request, message), aborted);
            }
            finally
            {
                player.EndedConnection |= realtime.EndedConnection;
            }
        }
        else
        {
            await player.PlayAsync(fault, Operations.Of(model.Options, model.Script, request, context.Request, model.State), aborted);
        }
    }

    private Fault? Refusal(HttpRequest http, byte[] body, ModelRoute route, WireShape shape, ModelRequest request, JsonDocument? document)
    {
        if (route.Kind == RouteKind.Unknown)
        {
            return Fault.Http(404) with
            {
                Message = model.Options.Flavor == ModelFlavor.Azure ? null : $"Invalid URL ({http.Method} {http.Path})",
            };
        }

        if (shape.Unauthorized(http, body, model.Options) is { } unauthorized)
        {
            return unauthorized;
        }

        if (!Operations.Allows(route.Kind, http.Method))
        {
            return Fault.Http(405);
        }

        if (Operations.TakesJson(route.Kind, http.Method) && document is null)
        {
            return Fault.Http(400) with { Message = "We could not parse the JSON body of your request." };
        }

        if (request.Refusal(http) is { } refusal)
        {
            return refusal;
        }

        return model.Options.Models.Count > 0 && request.Model is { } name && !model.Options.Models.Contains(BareName(name))
            ? shape.NoModel(model.Options, name) : null;
    }

    private static string BareName(string name)
    {
        var at = name.IndexOf(FaultText.ModelSeparator, StringComparison.Ordinal);
        return at < 0 ? name : name[..at];
    }

    private int Record(HttpRequest request, ReceivedBody body)
    {
        var number = model.Requests.NextNumber();
        model.Requests.Add(new RecordedRequest(number, request.Method, request.Path.Value ?? "/", request.QueryString.Value ?? "", Headers(request), body.Bytes)
        {
            BodyLength = body.Length,
            Fields = body.Form?.Fields ?? ReadOnlyDictionary<string, string>.Empty,
            Files = body.Form?.Files ?? [],
        });
        return number;
    }

    private void RecordMessage(HttpRequest request, byte[] message) => model.Requests.Add(new RecordedRequest(
        model.Requests.NextNumber(), "WEBSOCKET", request.Path.Value ?? "/", request.QueryString.Value ?? "", [], message));

    private static List<KeyValuePair<string, string>> Headers(HttpRequest request)
    {
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            headers.Add(new(name, values.ToString()));
        }

        return headers;
    }
}
