package io.fiddler.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever becomes of a header's bytes, the file opens or the failure is the named one.
class HeaderMutationTest {
  private static final int MUTATIONS = 4000;
  private static final byte[] TOKENS =
      "{}[]\":,0123456789-.eE\\u nulltrue\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);

  @TempDir Path directory;

  @Test
  void open_succeedsOrThrowsTheNamedException_whateverTheBytes() {
    SafetensorsFixture fixture = new SafetensorsFixture();
    for (int i = 0; i < 4; i++) {
      fixture.put(
          "layers." + i, i % 2 == 0 ? "BF16" : "F32", List.of(2, 3), new byte[12 + i % 2 * 12]);
    }
    byte[] header = fixture.header().getBytes(StandardCharsets.UTF_8);
    byte[] original = SafetensorsFixture.bytes(header.length, header, fixture.data());
    Path file = directory.resolve("model.safetensors");
    int refused = 0;
    for (long seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = mutate(original, header.length + Long.BYTES, new SplittableRandom(seed));
      try {
        // Through a file now and then: files are slow, and only its length is checked there.
        if (seed % 10 == 0 || mutated.length < Long.BYTES) {
          open(SafetensorsFixture.writeBytes(file, mutated));
        } else {
          byte[] json = Arrays.copyOfRange(mutated, 8, Math.min(mutated.length, header.length + 8));
          DataLayout.requireSeamless(
              file, HeaderParser.parse(file, json).values(), fixture.data().length);
        }
      } catch (SafetensorsException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).contains(file.toString()).hasLineCount(1);
      } catch (RuntimeException | Error e) {
        fail("seed " + seed, e);
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 2);
  }

  private static void open(Path file) {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      open.tensors().forEach(tensor -> assertThat(tensor.sizeBytes()).isNotNegative());
    }
  }

  private static byte[] mutate(byte[] original, int end, SplittableRandom random) {
    byte[] bytes = original.clone();
    for (int n = random.nextInt(1, 5); n > 0; n--) {
      int at = random.nextInt(100) == 0 ? random.nextInt(Long.BYTES) : random.nextInt(8, end);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = TOKENS[random.nextInt(TOKENS.length)];
        case 3 -> bytes[at] = bytes[random.nextInt(8, end)];
        default -> {
          int length = Math.min(random.nextInt(40), end - at);
          System.arraycopy(bytes, random.nextInt(8, end - length), bytes, at, length);
        }
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
