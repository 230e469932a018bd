package io.fiddler.engine.load.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.engine.load.Engines;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.ExpertFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
final class PageLockedExpertsTest {
  private static final long MEMORY_BYTES = 2L << 30;

  @Test
  void progress_isTold_layerByLayer_andEverythingIsUnlockedInTheEnd() {
    Path folder = Engines.resource("golden/mixtral-a");
    try (CudaDevice device = CudaDevice.open(0, MEMORY_BYTES);
        ModelWeights weights =
            ModelSources.of(folder.toString(), folder, 1).load((done, total) -> {})) {
      int layers = weights.layers().size();
      ExpertFormat format = weights.layers().getFirst().experts().format();
      long experts =
          weights.layers().stream().mapToLong(layer -> layer.experts().experts().size()).sum();
      List<Long> done = new ArrayList<>();
      List<Long> totals = new ArrayList<>();
      PageLockedExperts locked =
          PageLockedExperts.of(
              weights,
              device,
              (bytes, total) -> {
                done.add(bytes);
                totals.add(total);
              });
      assertThat(device.live().registrations()).isEqualTo(layers);
      assertThat(done).hasSize(layers).isSorted().doesNotHaveDuplicates();
      assertThat(totals).containsOnly(done.getLast());
      assertThat(done.getLast()).isGreaterThanOrEqualTo(experts * format.expertSizeBytes());
      locked.close();
      locked.close();
      assertThat(device.live().registrations()).isZero();
    }
  }
}
