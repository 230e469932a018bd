package io.fiddler.model.load;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorNames;
import io.fiddler.safetensors.Checkpoint;
import io.fiddler.safetensors.StoredTensor;
import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;

/// The tensors of a checkpoint under the names of its architecture.
///
/// @param checkpoint the open files
/// @param names what the architecture calls its tensors
/// @param numThreads threads that read
record CheckpointTensors(Checkpoint checkpoint, TensorNames names, int numThreads)
    implements TensorSource {
  @Override
  public ElementType elementType(TensorShape shape) {
    StoredTensor tensor = find(shape.id());
    if (!tensor.shape().equals(shape.dimensions())) {
      throw new ModelLoadException(
          "%s must have shape %s, got %s"
              .formatted(describe(shape.id()), shape.dimensions(), tensor.shape()));
    }
    return tensor
        .elementType()
        .orElseThrow(() ->
            new ModelLoadException(
                "%s must have dtype BF16, F16 or F32, got %s"
                    .formatted(describe(shape.id()), tensor.dtypeName())));
  }

  private StoredTensor find(TensorId id) {
    String name = names.of(id);
    return checkpoint
        .find(name)
        .orElseThrow(() ->
            new ModelLoadException(
                "tensor \"%s\" is missing (%s)".formatted(name, checkpoint.origin())));
  }

  @Override
  public String describe(TensorId id) {
    StoredTensor tensor = find(id);
    return "tensor \"%s\" (%s)".formatted(tensor.name(), tensor.path());
  }

  @Override
  public void rows(CutTensor tensor, int firstRow, MemorySegment target) {
    StoredTensor stored = find(tensor.shape().id());
    long rowBytes = stored.sizeBytes() / tensor.shape().rows();
    stored.read(firstRow * rowBytes, target.asByteBuffer());
  }
}
