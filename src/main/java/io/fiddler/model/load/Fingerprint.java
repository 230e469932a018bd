package io.fiddler.model.load;

import io.fiddler.model.ModelConfig;
import io.fiddler.safetensors.Checkpoint;
import io.fiddler.safetensors.SafetensorsFile;
import io.fiddler.safetensors.Sha256;
import io.fiddler.safetensors.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Identity of a model: SHA-256 over the architecture, every shard's header and size, and 4 KiB of
/// each tensor. Hashing all of it would stall the start for minutes. Independent of where the files
/// lie and of what ends a generation; history learned from traffic hangs on it, so any change here
/// forgets that history.
public final class Fingerprint {
  private static final int SAMPLE_BYTES = 4096;

  private final MessageDigest digest = Sha256.digest();

  private Fingerprint(String kind, ModelConfig config) {
    add(kind);
    add(CanonicalConfig.describe(config));
  }

  /// Of a checkpoint.
  static String of(ModelConfig config, Checkpoint checkpoint) {
    Fingerprint fingerprint = new Fingerprint("fiddler checkpoint 1", config);
    for (SafetensorsFile file : checkpoint.files()) {
      fingerprint.add(file.headerSha256() + " " + file.sizeBytes());
      for (StoredTensor tensor : file.tensors()) {
        fingerprint.digest.update(sample(tensor));
      }
    }
    return fingerprint.hex();
  }

  /// Of random weights.
  static String ofSynthetic(ModelConfig config, long seed, double skew) {
    Fingerprint fingerprint = new Fingerprint("fiddler synthetic 1", config);
    fingerprint.add(Long.toString(seed));
    if (skew != 0) {
      fingerprint.add("skew " + skew);
    }
    return fingerprint.hex();
  }

  /// From the middle: the first rows of an embedding are special tokens that training may leave
  /// alone.
  private static ByteBuffer sample(StoredTensor tensor) {
    int size = (int) Math.min(SAMPLE_BYTES, tensor.sizeBytes());
    ByteBuffer bytes = ByteBuffer.allocate(size);
    tensor.read((tensor.sizeBytes() - size) / 2, bytes);
    return bytes.flip();
  }

  private void add(String line) {
    digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private String hex() {
    return Sha256.hex(digest);
  }
}
