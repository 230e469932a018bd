package io.fiddler.store.writer;

import io.fiddler.store.batch.ActivationRow;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import org.jspecify.annotations.Nullable;

/// How much room rows take at most, in memory as in the spool.
final class RowSizes {
  /// Object headers, numbers, ids.
  private static final int FIXED = 400;

  /// UTF-8 takes so many of a char.
  private static final int BYTES_PER_CHAR = 3;

  private RowSizes() {}

  static long of(RequestRecord request) {
    return FIXED
        + of(request.tenant())
        + of(request.keyId())
        + of(request.fingerprint())
        + of(request.route())
        + of(request.finishReason())
        + of(request.sampling())
        + of(request.device())
        + of(request.error())
        + of(request.prompt())
        + of(request.output());
  }

  static long of(TraceRecord trace) {
    return FIXED
        + of(trace.tenant())
        + of(trace.fingerprint())
        + 2L * trace.trace().choices().length;
  }

  static long of(ActivationRow row) {
    return FIXED
        + of(row.key().fingerprint())
        + of(row.key().tenant())
        + (Long.BYTES + 2L) * row.counts().length;
  }

  private static long of(@Nullable String text) {
    return text == null ? 0 : (long) BYTES_PER_CHAR * text.length();
  }
}
