package io.fiddler.api.web;

import java.util.concurrent.atomic.AtomicLong;

/// Memory for the bodies of all requests together, from their first byte until they are read and
/// made into prompts. Any thread.
public final class BodyBudget {
  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  /// @param maxBytes of all bodies
  public BodyBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Most bytes of all bodies.
  public long maxBytes() {
    return maxBytes;
  }

  /// Bytes that bodies take now.
  public long usedBytes() {
    return usedBytes.get();
  }

  private boolean take(int bytes) {
    long before = usedBytes.getAndUpdate(used -> used + bytes > maxBytes ? used : used + bytes);
    return before + bytes <= maxBytes;
  }

  /// The part of one body.
  final class Share {
    private long taken;
    private boolean ended;

    /// More of the body is here; false if there is no memory for it.
    synchronized boolean take(int bytes) {
      // A body that nobody waits for any more takes nothing: it is dropped as it comes.
      if (ended) {
        return true;
      }
      boolean granted = BodyBudget.this.take(bytes);
      taken += granted ? bytes : 0;
      return granted;
    }

    /// The body is needed no longer.
    synchronized void giveBack() {
      ended = true;
      usedBytes.addAndGet(-taken);
      taken = 0;
    }
  }
}
