using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Admin.Keys;

/// <summary><c>/key/generate</c> and <c>/key/service-account/generate</c>. The plain key is in this answer and nowhere else.</summary>
internal sealed class KeyGenerate(Desk desk, KeyShelf shelf, KeyRights rights)
{
    internal async Task<Action<Utf8JsonWriter>> GenerateAsync(AdminCall call)
    {
        call = call with { Body = KeyBounds.Complete(call.Config, call.Fields).Root };
        var fields = call.Read(KeyFields.Types);
        var key = OwnKey(call) ?? KeyShelf.NewKey();
        var token = KeyHash.Of(key).ToHex();
        var document = new EntryDocument().Set("key_name", MaskedKey.Of(key)).Set(CallerReader.KeyId, token);
        KeyFields.Apply(document, fields);
        await rights.RequireNewAsync(call, document);
        await shelf.RequireReferencesAsync(document.Fields, isTeam: false, call.Aborted);
        if (call.Fields.Text("duration") is { } duration)
        {
            document.Set("expires", JsonValues.Of(Durations.After(desk.Now, duration)
                ?? throw new FieldsException(new FieldProblem("value_error", "body", "duration", "Input should be a duration such as 30s, 30m, 24h, 7d, 1w or 1mo", JsonValues.Of(duration)))));
        }
        document.Set("created_by", call.Actor).Set("updated_by", call.Actor);
        await desk.ApplyAsync([desk.NewOf(DirectoryKind.Key, token, document)]);
        var made = document.Fields;
        var spend = await shelf.SpendOfAsync(token, made, CancellationToken.None);
        return json => KeyFields.Shape.Write(
            json, made,
            [("key", JsonValues.Of(key)), ("token", JsonValues.Of(token)), ("token_id", JsonValues.Of(token)), .. spend, .. Lifted(made)]);
    }

    /// <summary>A key of a team that belongs to no user.</summary>
    internal Task<Action<Utf8JsonWriter>> ServiceAccountAsync(AdminCall call)
    {
        if (call.Fields.Text("team_id") is null)
        {
            throw AdminErrors.Bad("team_id is required for service account keys. Please specify `team_id` in the request body.", "team_id");
        }
        if (call.Fields.Text("user_id") is not null)
        {
            throw AdminErrors.Bad("user_id must be None for service account keys. Please remove `user_id` from the request body.", "user_id");
        }
        var body = new EntryDocument(call.Fields);
        body.SetBelow("metadata", "service_account_id", JsonValues.Of(call.Fields.Text("key_alias") ?? "service-account"));
        return GenerateAsync(call with { Body = body.Fields.Root });
    }

    /// <summary>Fields that are kept in the metadata, where LiteLLM's answer shows them as well.</summary>
    private static IEnumerable<(string, JsonElement)> Lifted(EntryFields key)
    {
        var metadata = key.Object("metadata");
        foreach (var name in (string[])["tags", "model_rpm_limit", "model_tpm_limit", "guardrails", "enforced_params"])
        {
            yield return (name, metadata.Find(name) ?? JsonValues.Null);
        }
    }

    private static string? OwnKey(AdminCall call)
    {
        if (call.Fields.Text("key") is not { } key)
        {
            return null;
        }
        if (!key.StartsWith("sk-", StringComparison.Ordinal))
        {
            throw AdminErrors.Bad($"Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: {MaskedKey.Of(key)}", "key");
        }
        return key.Length is >= 16 and <= 512 && !key.Any(static c => c is <= ' ' or > '~') ? key
            : throw AdminErrors.Bad("A key has 16 to 512 printable characters: shorter ones can be guessed.", "key");
    }
}
