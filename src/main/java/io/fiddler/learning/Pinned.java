package io.fiddler.learning;

import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.PlacementPins;
import java.util.Optional;
import java.util.function.Supplier;

/// Which placement is held here, as last read: correction asks often, and other replicas may pin
/// for all. Thread-safe.
final class Pinned {
  private final PlacementPins pins;
  private final Supplier<String> replica;
  private volatile Optional<PlacementPin> last = Optional.empty();
  private volatile boolean known;

  Pinned(PlacementPins pins, Supplier<String> replica) {
    this.pins = pins;
    this.replica = replica;
  }

  /// As last read; read now if it never was. Blocks only then.
  Optional<PlacementPin> get(String fingerprint) {
    return known ? last : read(fingerprint);
  }

  /// Whether nothing is pinned as last read; false if it never was. Never blocks.
  boolean isNothing() {
    return known && last.isEmpty();
  }

  /// As it is now. Blocking, and one at a time: an older answer must not replace a newer one.
  synchronized Optional<PlacementPin> read(String fingerprint) {
    Optional<PlacementPin> now = pins.pinned(fingerprint, replica.get());
    last = now;
    known = true;
    return now;
  }

  /// @throws PlacementRefusedException if something is pinned
  void refuse(String fingerprint) {
    Optional<PlacementPin> held = read(fingerprint);
    if (held.isPresent()) {
      throw new PlacementRefusedException(sentence(held.get()));
    }
  }

  private static String sentence(PlacementPin pin) {
    return "placement %d is pinned%s%s%s: unpin it first%s"
        .formatted(
            pin.version(),
            pin.isForAll() ? " on all replicas" : "",
            pin.by() == null ? "" : " by " + pin.by(),
            pin.reason() == null ? "" : " (" + pin.reason() + ")",
            pin.isForAll() ? ", with scope all" : "");
  }
}
