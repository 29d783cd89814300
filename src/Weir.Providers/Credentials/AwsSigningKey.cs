using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Providers.Credentials;

/// <summary>The key that signs one day's requests to one service in one region: derived by four HMACs, so it is kept for the day.</summary>
internal sealed class AwsSigningKey
{
    private readonly byte[] _key;

    /// <summary>Derives the key.</summary>
    public AwsSigningKey(Secret secretAccessKey, DateTimeOffset day, string region, string service)
    {
        Day = DayOf(day);
        Scope = $"{Day}/{region}/{service}/aws4_request";
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey.Reveal()), Encoding.ASCII.GetBytes(Day));
        key = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(region));
        key = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(service));
        _key = HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <summary>The day, as <c>yyyyMMdd</c> in UTC.</summary>
    public string Day { get; }

    /// <summary>Where and when it signs: <c>day/region/service/aws4_request</c>.</summary>
    public string Scope { get; }

    /// <summary>The signature, in lower-case hexadecimal.</summary>
    public string Sign(string stringToSign) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(stringToSign)));

    /// <summary>How <see cref="Day"/> spells a day.</summary>
    public static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
