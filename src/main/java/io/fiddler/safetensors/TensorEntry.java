package io.fiddler.safetensors;

import java.util.List;

/// What a header says about one tensor.
///
/// @param name the tensor's name
/// @param dtype how an element is stored
/// @param shape sizes of the dimensions, outermost first; empty for a scalar
/// @param begin first byte, counted from the end of the header
/// @param end byte after the last one, counted likewise
record TensorEntry(String name, Dtype dtype, List<Long> shape, long begin, long end) {
  TensorEntry {
    shape = List.copyOf(shape);
  }

  long sizeBytes() {
    return end - begin;
  }
}
