using System.Text;
using CsCheck;
using Weir.Gateway.Access;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Ledger;

public class LedgerRowTests
{
    [Fact]
    public void Every_record_comes_back_as_it_was_written() => SampleRecords.Any.Sample(
        record =>
        {
            byte[] buffer = new byte[LedgerRowWriter.Bound(record)];
            int length = LedgerRowWriter.Write(record, buffer);
            Assert.Equal(SampleRecords.Describe(record), SampleRecords.Describe(LedgerRowReader.Read(buffer.AsSpan(0, length)).ToRecord()));
        },
        iter: 3_000);

    [Fact]
    public void A_row_cut_anywhere_is_refused_and_never_read_past_its_end()
    {
        byte[] row = Encode(SampleRecords.Usual("cut"));
        for (int length = 0; length < row.Length; length++)
        {
            Assert.Throws<LedgerFormatException>(() => LedgerRowReader.Read(row.AsSpan(0, length)));
        }

        Assert.Throws<LedgerFormatException>(() => LedgerRowReader.Read([.. row, 0]));
    }

    [Fact]
    public void Bytes_at_random_are_refused_with_a_format_error_only() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        try
        {
            LedgerRowReader.Read([(byte)(1 + (bytes.Length & 1)), .. bytes]);
        }
        catch (Exception error) when (error is LedgerFormatException or LedgerVersionException)
        {
            Assert.NotEmpty(error.Message);
        }
    });

    [Fact]
    public void A_row_of_a_later_version_is_refused_with_what_to_do()
    {
        byte[] row = Encode(SampleRecords.Usual("later"));
        row[0] = LedgerRowWriter.Version + 1;
        var error = Assert.Throws<LedgerVersionException>(() => LedgerRowReader.Read(row));
        Assert.Contains("version 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start the later build once", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('a', 1024)]
    [InlineData('ü', 1024)]
    [InlineData('漢', 1023)]
    public void A_text_that_is_too_long_is_cut_at_a_character(char letter, int bytes)
    {
        var record = SampleRecords.Usual("long");
        record.EndUser = new string(letter, 5_000);
        string kept = LedgerRowReader.Read(Encode(record)).ToRecord().EndUser;
        Assert.Equal(bytes, Encoding.UTF8.GetByteCount(kept));
        Assert.DoesNotContain('\uFFFD', kept);
    }

    [Fact]
    public void Attempts_beyond_sixteen_are_counted_but_not_kept()
    {
        var record = SampleRecords.Usual("many");
        record.Attempts.Clear();
        record.Attempts.AddRange(Enumerable.Range(0, 40).Select(i => new AttemptRecord($"d{i}", "g", FaultKind.Timeout, 0, TimeSpan.Zero, 1, 0)));
        record.AttemptCount = 40;
        var back = LedgerRowReader.Read(Encode(record)).ToRecord();
        Assert.Equal(DecisionRecord.MaxAttempts, back.Attempts.Count);
        Assert.Equal(40, back.AttemptCount);
    }

    [Fact]
    public void The_largest_possible_row_fits_a_record_of_the_journal()
    {
        var record = SampleRecords.Usual(new string('漢', 2_000));
        record.RequestedModel = record.ModelGroup = record.DeploymentId = record.Provider = record.UpstreamModel = record.EndUser = record.ErrorType = record.KeyHash = record.CallId;
        record.Attempts.Clear();
        record.Attempts.AddRange(Enumerable.Repeat(
            new AttemptRecord(record.CallId, record.CallId, FaultKind.Timeout, int.MinValue, TimeSpan.MaxValue, int.MinValue, int.MinValue), 40));
        record.Charges.AddRange(Enumerable.Repeat(new SpendCharge(new Scope(ScopeKind.Tag, record.CallId), "30d", long.MaxValue, long.MaxValue, long.MaxValue), SpendCharge.Most));
        Assert.InRange(Encode(record).Length, 100_000, Weir.Gateway.Ledger.Journal.JournalFormat.MaxPayloadBytes);
    }

    /// <summary>Their numbers lie in journals on disk. A new member goes to the end; a failure here means that old rows would be misread.</summary>
    [Fact]
    public void Numbers_of_stored_enumerations_never_change()
    {
        Assert.StartsWith("Chat Completion Embedding", Names<Operation>(), StringComparison.Ordinal);
        Assert.StartsWith("Success Failure Broken ClientGone Interrupted", Names<RequestOutcome>(), StringComparison.Ordinal);
        Assert.StartsWith(
            "ConnectFailed Timeout RateLimited Authentication PermissionDenied NotFound BadRequest ContextWindowExceeded ContentPolicyViolation Unprocessable ServerError BadGateway Unavailable BadResponse AddressRefused CredentialUnavailable",
            Names<FaultKind>(),
            StringComparison.Ordinal);
    }

    private static readonly Gen<SpendCharge> AnyCharge =
        from kind in Gen.Enum<ScopeKind>()
        from id in Gen.OneOf(Gen.String[Gen.Char["0123456789abcdef"], 64, 64], Gen.String[Gen.Char["aü漢/-"], 0, 90])
        from window in Gen.OneOf(Gen.Const(""), Gen.Const("30d"), Gen.Const("1mo"))
        from numbers in Gen.Long.Array[3]
        select new SpendCharge(new Scope(kind, id), window, numbers[0], numbers[1], numbers[2]);

    [Fact]
    public void Charges_and_the_ticket_come_back_as_they_were_written() => Gen.Select(AnyCharge.Array[0, SpendCharge.Most], Gen.Long).Sample((charges, ticket) =>
    {
        var record = SampleRecords.Usual("charged");
        record.Ticket = ticket;
        record.Charges.AddRange(charges);
        var back = LedgerRowReader.Read(Encode(record)).ToRecord();
        Assert.Equal(ticket, back.Ticket);
        Assert.Equal(charges, back.Charges);
        Assert.Equal(SampleRecords.Describe(record), SampleRecords.Describe(back));
    });

    [Fact]
    public void A_row_of_the_first_version_is_read_as_one_without_charges()
    {
        byte[] row = Encode(SampleRecords.Usual("old"));
        int numbers = row.Length - DecisionPart(row) - 2; // The ticket and the number of charges, both zero.
        byte[] old = [1, .. row[1..numbers], .. row[(numbers + 2)..]];
        var back = LedgerRowReader.Read(old).ToRecord();
        Assert.Equal(SampleRecords.Describe(SampleRecords.Usual("old")), SampleRecords.Describe(back));
        Assert.Empty(back.Charges);
    }

    private static int DecisionPart(byte[] row) => LedgerRowReader.Read(row).Decision.Length;

    private static string Names<T>() where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        Assert.Equal(Enumerable.Range(0, values.Length), values.Select(value => Convert.ToInt32(value, null)));
        return string.Join(' ', values);
    }

    private static byte[] Encode(RequestRecord record)
    {
        byte[] buffer = new byte[LedgerRowWriter.Bound(record)];
        return buffer[..LedgerRowWriter.Write(record, buffer)];
    }
}
