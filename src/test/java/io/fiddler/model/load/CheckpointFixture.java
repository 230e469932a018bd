package io.fiddler.model.load;

import io.fiddler.safetensors.SafetensorsFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// A small Mixtral directory of random bytes that a test may spoil before it is written.
public final class CheckpointFixture {
  static final int HIDDEN_SIZE = 12;
  static final int INTERMEDIATE_SIZE = 96;
  static final int NUM_LAYERS = 2;
  static final int NUM_EXPERTS = 3;

  public final Map<String, String> config = new LinkedHashMap<>();
  final SafetensorsFixture tensors = new SafetensorsFixture();
  private final List<SafetensorsFixture> shards =
      List.of(new SafetensorsFixture(), new SafetensorsFixture());
  private final Map<String, Integer> shardOf = new LinkedHashMap<>();
  private final Map<String, byte[]> bytes = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(1);

  /// @param dtype of every tensor
  public CheckpointFixture(String dtype) {
    config.put("model_type", "\"mixtral\"");
    config.put("vocab_size", "10");
    config.put("hidden_size", "12");
    config.put("intermediate_size", "96");
    config.put("num_hidden_layers", "2");
    config.put("num_attention_heads", "3");
    config.put("num_key_value_heads", "1");
    config.put("max_position_embeddings", "64");
    config.put("num_local_experts", "3");
    config.put("num_experts_per_tok", "2");
    config.put("rms_norm_eps", "1e-5");
    put("model.embed_tokens.weight", dtype, 10, 12);
    put("model.norm.weight", dtype, 12);
    put("lm_head.weight", dtype, 10, 12);
    for (int layer = 0; layer < NUM_LAYERS; layer++) {
      String prefix = "model.layers." + layer + ".";
      put(prefix + "input_layernorm.weight", dtype, 12);
      put(prefix + "self_attn.q_proj.weight", dtype, 12, 12);
      put(prefix + "self_attn.k_proj.weight", dtype, 4, 12);
      put(prefix + "self_attn.v_proj.weight", dtype, 4, 12);
      put(prefix + "self_attn.o_proj.weight", dtype, 12, 12);
      put(prefix + "post_attention_layernorm.weight", dtype, 12);
      put(prefix + "block_sparse_moe.gate.weight", dtype, 3, 12);
      for (int expert = 0; expert < NUM_EXPERTS; expert++) {
        String names = prefix + "block_sparse_moe.experts." + expert + ".";
        put(names + "w1.weight", dtype, 96, 12);
        put(names + "w2.weight", dtype, 12, 96);
        put(names + "w3.weight", dtype, 96, 12);
      }
    }
  }

  /// Adds or replaces a tensor of random bytes.
  void put(String name, String dtype, Integer... shape) {
    int size = dtype.equals("F32") ? 4 : dtype.equals("I8") ? 1 : 2;
    for (int dimension : shape) {
      size *= dimension;
    }
    byte[] content = new byte[size];
    random.nextBytes(content);
    bytes.put(name, content);
    tensors.put(name, dtype, List.of(shape), content);
    int shard = shardOf.computeIfAbsent(name, _ -> shardOf.size() % shards.size());
    shards.get(shard).put(name, dtype, List.of(shape), content);
  }

  /// The bytes of a tensor.
  byte[] bytes(String name) {
    return bytes.getOrDefault(name, new byte[0]);
  }

  Path write(Path directory) {
    writeConfig(directory);
    tensors.write(directory.resolve("model.safetensors"));
    return directory;
  }

  /// The same in two files and an index.
  public Path writeSharded(Path directory) {
    writeConfig(directory);
    for (int shard = 0; shard < shards.size(); shard++) {
      shards.get(shard).write(directory.resolve(shardName(shard)));
    }
    String map =
        shardOf.entrySet().stream()
            .map(e -> "\"%s\": \"%s\"".formatted(e.getKey(), shardName(e.getValue())))
            .collect(Collectors.joining(",\n", "{", "}"));
    try {
      Files.writeString(
          directory.resolve("model.safetensors.index.json"),
          "{\"metadata\": {\"total_size\": %d}, \"weight_map\": %s}"
              .formatted(bytes.values().stream().mapToInt(each -> each.length).sum(), map));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }

  private static String shardName(int shard) {
    return "model-%05d-of-%05d.safetensors".formatted(shard + 1, 2);
  }

  public Path writeConfig(Path directory) {
    String json =
        config.entrySet().stream()
            .map(e -> "\"%s\": %s".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(",\n", "{", "}"));
    try {
      Files.writeString(directory.resolve("config.json"), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }
}
