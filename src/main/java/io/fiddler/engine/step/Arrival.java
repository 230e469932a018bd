package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.expert.ExpertId;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// An expert on its way into its frame, copied piece by piece. Nothing may read the frame before it
/// is complete. Used from the step thread, which never waits for it.
final class Arrival {
  private final ExpertId id;
  private final int frame;
  private final MemoryView source;
  private final MemoryView target;
  private long sentBytes;
  private @Nullable Event sent;

  Arrival(ExpertId id, int frame, MemoryView source, MemoryView target) {
    this.id = id;
    this.frame = frame;
    this.source = source;
    this.target = target;
  }

  ExpertId id() {
    return id;
  }

  int frame() {
    return frame;
  }

  /// Queues the next `pieceBytes` at most, unless what was queued before is still under way.
  ///
  /// @return whether the expert is complete
  /// @throws IllegalStateException if a copy failed
  boolean advance(Device device, long pieceBytes) {
    if (sent != null) {
      if (!sent.isDone()) {
        return false;
      }
      sent.await(); // done, so it does not wait, but throws what failed
    }
    long piece = Math.min(pieceBytes, source.sizeBytes() - sentBytes);
    if (piece == 0) {
      return true;
    }
    device.copy().copy(source.slice(sentBytes, piece), target.slice(sentBytes, piece));
    sent = device.copy().record();
    sentBytes += piece;
    return false;
  }
}
