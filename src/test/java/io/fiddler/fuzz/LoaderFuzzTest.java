package io.fiddler.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.fuzz.Fuzzing.Outcome;
import io.fiddler.fuzz.Fuzzing.Report;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.CheckpointFixture;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.HostMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Spoilt config and weight files: each either loads, or is refused with a sentence that names the
/// file.
final class LoaderFuzzTest {
  private static final long SEED = 20261123;
  private static final int SAMPLE = 2_000;
  private static final int FULL = 10_000;
  private static final int MOST_MUTATIONS = 4;
  private static final int LIMIT_SECONDS = 60;

  @TempDir private Path folder;
  private final Map<String, byte[]> sound = new LinkedHashMap<>();

  @Test
  void spoiltModels_loadOrAreRefusedWithASentence() throws IOException {
    Path whole = Files.createDirectories(folder.resolve("whole"));
    new CheckpointFixture("BF16").writeSharded(whole);
    try (var files = Files.list(whole)) {
      for (Path file : files.sorted().toList()) {
        sound.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    int liveBefore = HostMemory.liveAllocations();
    try (ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory())) {
      Report report =
          new Fuzzing<FileMutation>("loader", SEED, 1)
              .run(
                  Fuzzing.inputs("loader", SAMPLE, FULL),
                  this::mutations,
                  mutations -> outcome(mutations, thread));

      assertThat(report.findings()).isEmpty();
      assertThat(report.kinds()).containsKeys("loaded", "refused");
    }
    assertThat(HostMemory.liveAllocations()).isEqualTo(liveBefore);
  }

  private List<FileMutation> mutations(SplittableRandom random) {
    List<String> names = List.copyOf(sound.keySet());
    List<FileMutation> mutations = new ArrayList<>();
    // Most inputs have one fault: two often hide each other.
    int count = random.nextInt(3) == 0 ? random.nextInt(2, MOST_MUTATIONS + 1) : 1;
    for (int i = 0; i < count; i++) {
      mutations.add(FileMutation.of(names.get(random.nextInt(names.size())), random));
    }
    return mutations;
  }

  private Outcome outcome(List<FileMutation> mutations, ExecutorService thread) {
    write(mutations);
    var load = thread.submit(this::load);
    try {
      return load.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      load.cancel(true);
      return Outcome.wrong("hangs", "not loaded in %d s".formatted(LIMIT_SECONDS));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Outcome.wrong(cause.getClass().getSimpleName(), trace(cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private Outcome load() {
    ModelSource source = ModelSources.of(folder.resolve("spoilt").toString(), folder, 1);
    try {
      var _ = source.config();
      try (ModelWeights weights = source.load((_, _) -> {})) {
        var _ = source.fingerprint();
        assertThat(weights.layers()).isNotEmpty();
      }
      return Outcome.fine("loaded");
    } catch (ModelLoadException e) {
      String message = String.valueOf(e.getMessage());
      String fault = Sentences.fault(message);
      if (!fault.isEmpty()) {
        return Outcome.wrong("refused badly", fault);
      }
      return sound.keySet().stream().anyMatch(message::contains)
          ? Outcome.fine("refused")
          : Outcome.wrong("refused without a file", message);
    }
  }

  private void write(List<FileMutation> mutations) {
    Map<String, byte[]> files = new LinkedHashMap<>(sound);
    for (FileMutation mutation : mutations) {
      files.computeIfPresent(mutation.file(), (_, bytes) -> mutation.apply(bytes));
    }
    try {
      Path spoilt = Files.createDirectories(folder.resolve("spoilt"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(spoilt.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String trace(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure
        + (stack.length == 0 ? "" : " at " + stack[0] + (stack.length > 1 ? " < " + stack[1] : ""));
  }
}
