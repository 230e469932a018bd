package io.fiddler.safetensors;

import io.fiddler.tensor.ElementType;
import java.util.List;

/// A tensor that is to be written.
///
/// @param name the tensor's name
/// @param type how an element is stored
/// @param shape sizes of the dimensions, outermost first
public record NewTensor(String name, ElementType type, List<Long> shape) {
  public NewTensor {
    shape = List.copyOf(shape);
  }

  /// Length in bytes.
  public long sizeBytes() {
    return shape.stream().mapToLong(Long::longValue).reduce(type.sizeBytes(), Math::multiplyExact);
  }
}
