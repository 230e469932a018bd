package io.fiddler.store.spool;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.expert.Phase;
import io.fiddler.store.batch.ActivationRow;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.Loss;
import io.fiddler.store.batch.TraceChoices;
import io.fiddler.usage.TraceRecord;

/// A batch as bytes.
final class BatchCodec {
  private BatchCodec() {}

  static byte[] encode(Batch batch) {
    FieldWriter out = new FieldWriter();
    out.number(batch.number());
    out.list(batch.requests(), RequestCodec::write);
    out.list(batch.activations(), BatchCodec::writeCounts);
    out.list(batch.traces(), BatchCodec::writeTrace);
    out.list(batch.losses(), BatchCodec::writeLoss);
    return out.bytes();
  }

  /// @param version of the format that the bytes are in
  /// @throws RuntimeException if the bytes are no batch
  static Batch decode(byte[] bytes, int version) {
    FieldReader in = new FieldReader(bytes);
    Batch batch =
        new Batch(
            in.number(),
            in.list(field -> RequestCodec.read(field, version)),
            in.list(BatchCodec::readCounts),
            in.list(BatchCodec::readTrace),
            in.list(BatchCodec::readLoss));
    in.end();
    return batch;
  }

  private static void writeCounts(FieldWriter out, ActivationRow row) {
    out.text(row.key().fingerprint());
    out.instant(row.key().hour());
    out.number(row.key().layer());
    out.number(row.key().phase().ordinal());
    out.text(row.key().tenant());
    out.number(row.counts().length);
    for (long count : row.counts()) {
      out.number(count);
    }
  }

  private static ActivationRow readCounts(FieldReader in) {
    ActivationRow.Key key =
        new ActivationRow.Key(
            in.text(), in.instant(), in.integer(), Phase.values()[in.integer()], in.text());
    long[] counts = new long[in.size()];
    for (int expert = 0; expert < counts.length; expert++) {
      counts[expert] = in.number();
    }
    return new ActivationRow(key, counts);
  }

  private static void writeTrace(FieldWriter out, TraceRecord record) {
    out.uuid(record.id());
    out.instant(record.createdAt());
    out.text(record.tenant());
    out.text(record.fingerprint());
    out.number(record.trace().promptTokens());
    out.number(record.trace().tokens());
    out.number(record.trace().numLayers());
    out.number(record.trace().topK());
    out.bytes(TraceChoices.encode(record.trace()));
  }

  private static TraceRecord readTrace(FieldReader in) {
    return new TraceRecord(in.uuid(), in.instant(), in.text(), in.text(), readExperts(in));
  }

  private static ExpertTrace readExperts(FieldReader in) {
    return TraceChoices.decode(in.integer(), in.integer(), in.integer(), in.integer(), in.bytes());
  }

  private static void writeLoss(FieldWriter out, Loss loss) {
    out.number(loss.reason().ordinal());
    out.instant(loss.from());
    out.instant(loss.to());
    out.number(loss.requests());
  }

  private static Loss readLoss(FieldReader in) {
    return new Loss(Loss.Reason.values()[in.integer()], in.instant(), in.instant(), in.number());
  }
}
