package io.fiddler.store.batch;

import io.fiddler.expert.Phase;
import java.time.Instant;
import java.util.Comparator;

/// Counts to add to one row of `expert_activation`.
///
/// @param key which row
/// @param counts by expert
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record ActivationRow(Key key, long[] counts) {
  /// Identity of a row.
  ///
  /// @param fingerprint of the model
  /// @param hour its begin
  /// @param layer of the model
  /// @param phase prefill or decode
  /// @param tenant whose tokens
  public record Key(String fingerprint, Instant hour, int layer, Phase phase, String tenant)
      implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::fingerprint)
            .thenComparing(Key::hour)
            .thenComparingInt(Key::layer)
            .thenComparing(Key::phase)
            .thenComparing(Key::tenant);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }
}
