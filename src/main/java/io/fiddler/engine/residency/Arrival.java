package io.fiddler.engine.residency;

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

  /// Whether what was queued last is still under way.
  ///
  /// @throws IllegalStateException if a copy failed
  boolean isMoving() {
    if (sent == null) {
      return false;
    }
    if (!sent.isDone()) {
      return true;
    }
    sent.await(); // done, so it does not wait, but throws what failed
    sent = null;
    return false;
  }

  /// Bytes not yet queued; once there are none and it is not moving, the expert is complete.
  long restBytes() {
    return source.sizeBytes() - sentBytes;
  }

  /// Queues the next `pieceBytes` at most; only while it is not moving.
  ///
  /// @return how many bytes were queued
  long send(Device device, long pieceBytes) {
    long piece = Math.min(pieceBytes, restBytes());
    device.copy().copy(source.slice(sentBytes, piece), target.slice(sentBytes, piece));
    sent = device.copy().record();
    sentBytes += piece;
    return piece;
  }
}
