package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.limit.SlidingWindow.Grant;
import java.time.Instant;

/// From which replicas take of a key's limits before they use it. Blocking.
///
/// What is taken counts from then on, whether it is used or not, until a minute and a second have
/// passed or the month has ended. So in no minute is more used than the limit and what replicas had
/// taken and not yet used when it began: at most one lease each.
public interface LimitPool {
  /// Takes `wanted` units, or fewer if so many are not free, or none if not even `need` are.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  Taken take(Claim claim);

  /// Gives units back, or, if negative, takes more than there may be.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  void giveBack(String keyId, LimitKind kind, Lot lot, long units);

  /// What a replica asks for.
  ///
  /// @param limit most units in the time of the kind
  /// @param need at least
  /// @param wanted at most
  record Claim(String keyId, LimitKind kind, long limit, long need, long wanted) {}

  /// From where units were taken.
  ///
  /// @param slot the second, or month, under which they count
  /// @param alone whether the database did not answer and this process knew of itself only
  record Lot(Instant slot, boolean alone) {}

  /// What became of a claim.
  record Taken(Grant grant, Lot lot) {}
}
