package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.fiddler.kernel.cuda.ScratchLayout.Region;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/// Inverse frequencies of the rotary embedding on the device; layers with the same ones share them.
final class RopeTables {
  private final TableUploads uploads;
  private final long address;
  private final long tableBytes;
  private final int capacity;
  private final List<float[]> tables = new ArrayList<>();
  private final IdentityHashMap<float[], Integer> known = new IdentityHashMap<>();

  RopeTables(TableUploads uploads, Scratch scratch) {
    this.uploads = uploads;
    this.address = scratch.at(Region.ROPE);
    this.tableBytes = scratch.layout().ropeBytes();
    this.capacity = (int) (scratch.layout().sizeBytes(Region.ROPE) / tableBytes);
  }

  /// Address of `inverseFrequencies` on the device, which are brought there the first time. Not to
  /// be called while a graph is captured.
  long addressOf(float[] inverseFrequencies) {
    return address + known.computeIfAbsent(inverseFrequencies, this::indexOf) * tableBytes;
  }

  private int indexOf(float[] inverseFrequencies) {
    for (int i = 0; i < tables.size(); i++) {
      if (Arrays.equals(tables.get(i), inverseFrequencies)) {
        return i;
      }
    }
    long sizeBytes = (long) inverseFrequencies.length * Float.BYTES;
    if (tables.size() == capacity || sizeBytes > tableBytes) {
      throw new IllegalArgumentException(
          "rotary embeddings must be of the %d layers and head widths the scratch was made for"
              .formatted(capacity));
    }
    long at = uploads.take(sizeBytes);
    MemorySegment.copy(
        inverseFrequencies, 0, uploads.memory(), JAVA_FLOAT, at, inverseFrequencies.length);
    uploads.send(at, sizeBytes, address + tables.size() * tableBytes);
    tables.add(inverseFrequencies);
    return tables.size() - 1;
  }
}
