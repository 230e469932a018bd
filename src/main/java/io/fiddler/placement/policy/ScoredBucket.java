package io.fiddler.placement.policy;

import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import java.time.Duration;

/// What a placement would have achieved in a bucket, in assignments.
///
/// @param width of the bucket
/// @param prefill assignments of prompt tokens
/// @param prefillHits of these, those of resident experts
/// @param decode assignments of generated tokens
/// @param decodeHits of these, those of resident experts
public record ScoredBucket(
    Duration width, double prefill, double prefillHits, double decode, double decodeHits) {
  /// @param resident dense indices of the experts on the device
  static ScoredBucket of(Walk.Came came, int[] resident) {
    ActivationStatistics counts = came.bucket().counts();
    double prefillHits = 0;
    double decodeHits = 0;
    for (int index : resident) {
      prefillHits += counts.count(Phase.PREFILL, index);
      decodeHits += counts.count(Phase.DECODE, index);
    }
    return new ScoredBucket(
        came.bucket().width(), came.prefill(), prefillHits, came.decode(), decodeHits);
  }

  /// Hits, a generated token's choices counting `decodeWeight` times.
  double hits(double decodeWeight) {
    return prefillHits + decodeWeight * decodeHits;
  }

  /// Assignments, counted likewise.
  double total(double decodeWeight) {
    return prefill + decodeWeight * decode;
  }
}
