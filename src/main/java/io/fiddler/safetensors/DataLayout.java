package io.fiddler.safetensors;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The rule that tensors lie one after the other without overlap, hole or remainder, as the
/// reference implementation demands.
final class DataLayout {
  private DataLayout() {}

  /// The tensors in the order of their bytes.
  static List<TensorEntry> sorted(Collection<TensorEntry> tensors) {
    return tensors.stream()
        .sorted(
            Comparator.comparingLong(TensorEntry::begin)
                .thenComparingLong(TensorEntry::end)
                .thenComparing(TensorEntry::name))
        .toList();
  }

  static void requireSeamless(Path file, Collection<TensorEntry> tensors, long dataSizeBytes) {
    long expected = 0;
    String previous = "the header";
    for (TensorEntry entry : sorted(tensors)) {
      String name = "tensor " + StrictJson.quote(entry.name());
      if (entry.end() > dataSizeBytes) {
        throw new SafetensorsException(
            """
            %s ends at byte %d of the data, but there are only %d; the file is truncated or its \
            data_offsets are wrong (%s)\
            """
                .formatted(name, entry.end(), dataSizeBytes, file));
      }
      if (entry.begin() != expected) {
        throw new SafetensorsException(
            "%s must begin at byte %d of the data, where %s ends, got %d: they %s (%s)"
                .formatted(
                    name,
                    expected,
                    previous,
                    entry.begin(),
                    entry.begin() < expected ? "overlap" : "leave a hole",
                    file));
      }
      expected = entry.end();
      previous = name;
    }
    if (expected != dataSizeBytes) {
      throw new SafetensorsException(
          "%d bytes follow the last tensor, %s (%s)"
              .formatted(dataSizeBytes - expected, previous, file));
    }
  }
}
