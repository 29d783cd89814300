using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>AWS's security token service: exchanges an identity for a role's keys (API version 2011-06-15, answers in XML).</summary>
internal sealed class AwsRoleExchange(OutboundConnector connector, TimeProvider time, Func<string, string?> variable)
{
    /// <summary><c>AssumeRoleWithWebIdentity</c>: unsigned, the token is the proof.</summary>
    public async Task<AwsKeys> WithWebIdentityAsync(AwsIdentity identity, CancellationToken cancellationToken)
    {
        var token = identity.TokenFile is { } file
            ? await File.ReadAllTextAsync(file, cancellationToken)
            : variable(identity.TokenVariable ?? "");
        if (string.IsNullOrWhiteSpace(token))
        {
            throw new AwsSignInException($"{(identity.TokenFile is null ? $"the variable {identity.TokenVariable}" : $"the file {identity.TokenFile}")} holds no token.");
        }
        return await CallAsync(identity, null, [new("Action", "AssumeRoleWithWebIdentity"), new("WebIdentityToken", token.Trim())], cancellationToken);
    }

    /// <summary><c>AssumeRole</c>, signed by the caller's keys.</summary>
    public Task<AwsKeys> WithKeysAsync(AwsIdentity identity, AwsKeys caller, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("Action", "AssumeRole")];
        if (identity.ExternalId is { } external)
        {
            form.Add(new("ExternalId", external));
        }
        return CallAsync(identity, caller, form, cancellationToken);
    }

    private async Task<AwsKeys> CallAsync(AwsIdentity identity, AwsKeys? caller, List<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        form.Add(new("Version", "2011-06-15"));
        form.Add(new("RoleArn", identity.RoleArn ?? ""));
        form.Add(new("RoleSessionName", identity.SessionName));
        var endpoint = identity.Endpoint ?? throw new AwsSignInException("no address of the token service.");
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Encode(form))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") { CharSet = "utf-8" };
        if (caller is not null)
        {
            await new AwsSigner(identity.Region, "sts").SignAsync(request, caller, time.GetUtcNow(), cancellationToken);
        }

        using var response = await connector.IdentityInvoker([endpoint], []).SendAsync(request, cancellationToken);
        var values = Read(await AwsAnswer.ReadAsync(response, cancellationToken));
        if (!response.IsSuccessStatusCode)
        {
            throw new AwsSignInException(
                $"the token service answered {(int)response.StatusCode}{(values.GetValueOrDefault("Code") is { } code ? " " + code : "")}: {values.GetValueOrDefault("Message") ?? "no text."}",
                values.GetValueOrDefault("Code"));
        }
        return AwsAnswer.Keys(values, "SessionToken", "the token service");
    }

    private static string Encode(List<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in form)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(name).Append('=').Append(AwsSigV4.EncodeSegment(value));
        }
        return text.ToString();
    }

    /// <summary>The texts of the elements that matter, wherever they stand. No entities, no DTD.</summary>
    private static Dictionary<string, string> Read(string xml)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var name = "";
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.LocalName;
                }
                else if (reader.NodeType == XmlNodeType.Text && name is "AccessKeyId" or "SecretAccessKey" or "SessionToken" or "Expiration" or "Code" or "Message")
                {
                    values.TryAdd(name, reader.Value.Trim());
                    name = "";
                }
            }
        }
        catch (XmlException e)
        {
            throw new AwsSignInException(string.Create(CultureInfo.InvariantCulture, $"the token service's answer is not XML (line {e.LineNumber}); is the address right?"), inner: e);
        }
        return values;
    }
}
