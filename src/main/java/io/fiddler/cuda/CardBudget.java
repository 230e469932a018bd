package io.fiddler.cuda;

import io.fiddler.tensor.ByteSize;

/// How much of a card's memory is handed out as {@link io.fiddler.device.DeviceMemory}, so that the
/// process with everything it takes stays within what it may.
///
/// @param processBytes what the process may take in all
/// @param memoryBytes what is left of that for the model
record CardBudget(long processBytes, long memoryBytes) {
  /// A context takes about 500 MiB on a large card. How much exactly cannot be told from what other
  /// processes take; where the card is busy, this is assumed.
  static final long CONTEXT_BYTES = 768L << 20;

  /// For what comes later: the kernels of ours and of cuBLAS, which the driver loads at their first
  /// use, their stacks, and that the driver rounds large allocations up to 2 MiB.
  static final long RESERVE_BYTES = 256L << 20;

  /// What is left free on the card when nobody says how much to take.
  static final long MARGIN_BYTES = 512L << 20;

  /// What the process takes on a card beside what is handed out, as far as it is assumed: an H100
  /// to itself took 860 MiB.
  static long assumedOwnBytes() {
    return CONTEXT_BYTES + CudaBlas.WORKSPACE_BYTES + RESERVE_BYTES;
  }

  /// What was seen on a card while it was opened.
  ///
  /// @param name what people call it
  /// @param totalBytes its memory
  /// @param freeWithContext what was free once there was a context
  /// @param freeNow what is free with cuBLAS and its workspace, too
  record Card(String name, long totalBytes, long freeWithContext, long freeNow) {
    /// What the process took so far.
    long takenBytes() {
      long context = Math.min(totalBytes - freeWithContext, CONTEXT_BYTES);
      return context + Math.max(0, freeWithContext - freeNow);
    }
  }

  /// The budget on `card`.
  ///
  /// @param memoryBytes what the process may take; 0 for what is free
  /// @throws CudaUnavailableException if nothing would be left for a model, or not as much is free
  static CardBudget of(Card card, long memoryBytes) {
    long taken = card.takenBytes();
    long most = card.freeNow() - RESERVE_BYTES;
    long budget = memoryBytes == 0 ? most - MARGIN_BYTES : memoryBytes - taken - RESERVE_BYTES;
    if (memoryBytes > 0 && budget < 1) {
      throw new CudaUnavailableException(
          "fiddler.device.memory must be more than the %s that CUDA takes on %s before any model, got %s"
              .formatted(
                  ByteSize.describe(taken + RESERVE_BYTES),
                  card.name(),
                  ByteSize.describe(memoryBytes)));
    }
    if (budget < 1 || budget > most) {
      throw new CudaUnavailableException(
          "only %s of the %s of %s are free%s; end what else uses the card"
              .formatted(
                  ByteSize.describe(card.freeNow()),
                  ByteSize.describe(card.totalBytes()),
                  card.name(),
                  memoryBytes == 0
                      ? ""
                      : ", fiddler.device.memory asks for " + ByteSize.describe(memoryBytes)));
    }
    return new CardBudget(taken + RESERVE_BYTES + budget, budget);
  }
}
