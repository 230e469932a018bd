package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Copies of blocks of a key/value cache, in both of its forms, on a device.
abstract class BlockCopyContract {
  private static final ModelConfig TINY =
      ModelSources.of("tiny-moe", Path.of("target", "models"), 1).config();
  private static final int BLOCKS = 5;
  private static final int FRAMES = 2;
  private static final long EXPERT_BYTES = 400_000;

  /// A device with room for some megabytes.
  abstract Device open();

  @Test
  void copies_inAFixedCache_areMadeInOrder_andTouchNothingElse() {
    try (Device device = open();
        KvStorage storage = KvStorage.allocate(TINY, BLOCKS, ElementType.F32, device)) {
      assertCopies(device, storage, ids(storage.blocks()));
    }
  }

  @Test
  void copies_inAnOpenCache_alsoGoFromAndToFrames() {
    KvLayout layout = KvLayout.of(TINY, BLOCKS, ElementType.F32);
    try (Device device = open();
        KvStorage storage =
            KvStorage.allocate(TINY, layout, ElementType.F32, device, FRAMES, EXPERT_BYTES)) {
      List<Integer> ids = ids(storage.blocks());
      for (int frame = 0; frame < FRAMES; frame++) {
        assertThat(storage.blocksOfFrame(frame).count()).isPositive();
        ids.addAll(ids(storage.blocksOfFrame(frame)));
      }
      assertCopies(device, storage, ids);
    }
  }

  private static List<Integer> ids(BlockRange range) {
    List<Integer> ids = new ArrayList<>();
    for (int index = 0; index < range.count(); index++) {
      ids.add(range.id(index));
    }
    return ids;
  }

  /// Fills every plane with a number of its own, copies, and looks at every plane.
  private static void assertCopies(Device device, KvStorage storage, List<Integer> ids) {
    SplittableRandom random = new SplittableRandom(3);
    Map<Integer, Integer> contentOf = new HashMap<>();
    for (int id : ids) {
      contentOf.put(id, id);
      planes(storage, id).forEach(plane -> write(device, plane.memory(), marker(id, plane)));
    }
    List<BlockCopy> copies = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int from = ids.get(random.nextInt(ids.size()));
      int to = ids.get(random.nextInt(ids.size()));
      if (from != to) {
        copies.add(new BlockCopy(from, to));
        contentOf.put(to, contentOf.getOrDefault(from, -1));
      }
    }
    storage.copy(copies);
    for (int id : ids) {
      int content = contentOf.getOrDefault(id, -1);
      for (Plane plane : planes(storage, id)) {
        assertThat(read(device, plane.memory()))
            .as("block %d, plane %d", id, plane.index())
            .containsOnly(marker(content, plane));
      }
    }
  }

  /// The keys or values of one layer in one block.
  private record Plane(int index, MemoryView memory) {}

  private static byte marker(int block, Plane plane) {
    return (byte) (31 * block + 7 * plane.index() + 1);
  }

  private static List<Plane> planes(KvStorage storage, int block) {
    List<Plane> planes = new ArrayList<>();
    for (int layer = 0; layer < TINY.numLayers(); layer++) {
      KvLayer cache = storage.layer(layer);
      for (Matrix matrix : List.of(cache.keys(), cache.values())) {
        MemoryView memory =
            matrix
                .memory()
                .slice(
                    (long) block * CacheRoom.BLOCK_TOKENS * matrix.rowSizeBytes(),
                    CacheRoom.BLOCK_TOKENS * matrix.rowSizeBytes());
        planes.add(new Plane(planes.size(), memory));
      }
    }
    return planes;
  }

  private static void write(Device device, MemoryView target, byte value) {
    try (HostMemory host = HostMemory.allocate(target.sizeBytes())) {
      host.view().segment(MemoryKind.HOST).fill(value);
      device.compute().copy(host.view(), target);
      device.compute().record().await();
    }
  }

  private static byte[] read(Device device, MemoryView source) {
    try (HostMemory host = HostMemory.allocate(source.sizeBytes())) {
      device.compute().copy(source, host.view());
      device.compute().record().await();
      MemorySegment bytes = host.view().segment(MemoryKind.HOST);
      return bytes.toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
