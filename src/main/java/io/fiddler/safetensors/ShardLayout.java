package io.fiddler.safetensors;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// How tensors are divided among files: in their order, a new file where the next tensor would make
/// one too large.
///
/// @param shards file of each tensor, from 0
/// @param offsets first byte of each tensor in its file's data
/// @param sizeBytes all data
record ShardLayout(List<Integer> shards, List<Long> offsets, long sizeBytes) {
  ShardLayout {
    shards = List.copyOf(shards);
    offsets = List.copyOf(offsets);
  }

  static ShardLayout of(List<NewTensor> tensors, long maxShardBytes) {
    if (tensors.isEmpty() || maxShardBytes < 1) {
      throw new IllegalArgumentException(
          "a checkpoint needs tensors and shards of at least one byte, got %d tensors and %d bytes"
              .formatted(tensors.size(), maxShardBytes));
    }
    List<Integer> shards = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    int shard = 0;
    long offset = 0;
    long total = 0;
    for (NewTensor tensor : tensors) {
      if (offset > 0 && offset + tensor.sizeBytes() > maxShardBytes) {
        shard++;
        offset = 0;
      }
      shards.add(shard);
      offsets.add(offset);
      offset += tensor.sizeBytes();
      total += tensor.sizeBytes();
    }
    return new ShardLayout(shards, offsets, total);
  }

  int numShards() {
    return shards.getLast() + 1;
  }

  int shardOf(int tensor) {
    return shards.get(tensor);
  }

  long offsetOf(int tensor) {
    return offsets.get(tensor);
  }

  /// The tensors of a file.
  List<Integer> tensorsOf(int shard) {
    return IntStream.range(0, shards.size()).filter(t -> shardOf(t) == shard).boxed().toList();
  }
}
