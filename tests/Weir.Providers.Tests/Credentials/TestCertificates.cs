using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Providers.Tests.Credentials;

/// <summary>A certificate authority of the test's own, and certificates under it.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ca-").FullName;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Weir test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(Start, Start.AddYears(20));
        CaFile = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
    }

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddDays(-1);

    /// <summary>The authority's certificate in PEM form.</summary>
    public string CaFile { get; }

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>A server's certificate for <paramref name="host"/>.</summary>
    public X509Certificate2 Server(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var signed = request.Create(_authority, Start, Start.AddYears(1), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    /// <summary>An application's self-signed certificate with its key, as one PEM file.</summary>
    public X509Certificate2 Application(out string pemFile)
    {
        using var key = RSA.Create(2048);
        var certificate = new CertificateRequest("CN=app", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Start, Start.AddYears(1));
        pemFile = PathOf("app.pem");
        File.WriteAllText(pemFile, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
