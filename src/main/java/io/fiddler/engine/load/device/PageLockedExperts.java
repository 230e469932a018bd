package io.fiddler.engine.load.device;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaException;
import io.fiddler.cuda.HostRegistration;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The experts in host memory, page-locked so that they are copied at the link's speed and beside
/// the caller. Where the driver refuses, the rest is copied slowly, and a warning says so.
final class PageLockedExperts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageLockedExperts.class);

  private final Deque<HostRegistration> layers = new ArrayDeque<>();
  private long bytes;

  private PageLockedExperts() {}

  /// Locks the experts of `weights`, which must outlive this.
  ///
  /// @param progress told how many bytes are locked
  static PageLockedExperts of(ModelWeights weights, CudaDevice device, LoadProgress progress) {
    PageLockedExperts locked = new PageLockedExperts();
    long totalBytes = 0;
    for (LayerWeights layer : weights.layers()) {
      totalBytes += holding(weights, layer.experts().experts().getFirst()).view().sizeBytes();
    }
    long start = System.nanoTime();
    try {
      for (int layer = 0; layer < weights.layers().size(); layer++) {
        locked.add(device, weights, weights.layers().get(layer).experts().experts());
        progress.onProgress(locked.bytes, totalBytes);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      LOG.info(
          "{} of experts page-locked in {} s ({} GB/s)",
          ByteSize.describe(locked.bytes),
          String.format(Locale.ROOT, "%.1f", seconds),
          String.format(Locale.ROOT, "%.1f", locked.bytes / 1e9 / seconds));
    } catch (CudaException e) {
      LOG.warn(
          "experts behind the first {} are copied to the device at a fraction of its speed: {}",
          ByteSize.describe(locked.bytes),
          e.getMessage());
    } catch (RuntimeException | Error e) {
      locked.close();
      throw e;
    }
    return locked;
  }

  private void add(CudaDevice device, ModelWeights weights, List<MemoryView> experts) {
    HostMemory memory = holding(weights, experts.getFirst());
    layers.push(device.register(memory.view(), distance(experts)));
    bytes += memory.view().sizeBytes();
  }

  /// From one expert to the next; a copy of one does not cross a multiple of it.
  private static long distance(List<MemoryView> experts) {
    return experts.size() == 1
        ? experts.getFirst().sizeBytes()
        : address(experts.get(1)) - address(experts.get(0));
  }

  private static HostMemory holding(ModelWeights weights, MemoryView expert) {
    for (HostMemory memory : weights.memory()) {
      long offset = address(expert) - address(memory.view());
      if (offset >= 0 && offset < memory.view().sizeBytes()) {
        return memory;
      }
    }
    throw new IllegalStateException("an expert lies in none of the model's memory: " + expert);
  }

  private static long address(MemoryView view) {
    return view.segment(MemoryKind.HOST).address();
  }

  /// Unlocks them; a second call does nothing.
  @Override
  public void close() {
    while (!layers.isEmpty()) {
      layers.pop().close();
    }
  }
}
