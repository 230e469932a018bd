package io.fiddler.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ServiceProcess;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients of all kinds on tiny-moe with an emulated device: nothing ends otherwise than intended,
/// every request has its row, and nothing stays behind.
final class LoadTest {
  private static final long SEED = 20261123;
  private static final double MOST_GROWTH = 1.05;
  private static final long SLACK_BYTES = 8L << 20;

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();
  private final Answered answered = new Answered();

  @Test
  void sample_endsAsIntended_andLeavesNothingBehind() throws Exception {
    Level level;
    try (ServiceProcess service = start()) {
      level =
          new LoadRun(service, SEED, answered).run(6, Duration.ofSeconds(4), Duration.ofSeconds(1));
      LoadReport.write("load-sample", List.of(level));
      assertIntended(level);
      assertIdle(service);
    }
    assertRows();
  }

  /// `-Psoak`: the levels of the table, then the longest for half an hour, over which the memory
  /// must be flat. `-Dfiddler.soak.level` and `-Dfiddler.soak.flat` are seconds.
  @Test
  @Tag("soak")
  void allLevels_endAsIntended_andMemoryIsFlat() throws Exception {
    List<Level> levels = new ArrayList<>();
    try (ServiceProcess service = start()) {
      LoadRun run = new LoadRun(service, SEED, answered);
      Duration time = Duration.ofSeconds(Integer.getInteger("fiddler.soak.level", 120));
      for (int clients : new int[] {1, 8, 32, 128}) {
        levels.add(run.run(clients, time, Duration.ofSeconds(10)));
        LoadReport.write("load", levels);
      }
      Duration flat = Duration.ofSeconds(Integer.getInteger("fiddler.soak.flat", 1800));
      levels.add(run.run(32, flat, Duration.ofSeconds(15)));
      LoadReport.write("load", levels);
      levels.forEach(LoadTest::assertIntended);
      assertFlat(levels.getLast());
      assertIdle(service);
    }
    assertRows();
  }

  private ServiceProcess start() {
    return ServiceProcess.start(
            home,
            database,
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--fiddler.engine.max-queued=64",
            "--fiddler.engine.kv-cache-tokens=16384")
        .ready();
  }

  private static void assertIntended(Level level) {
    assertThat(level.wrong()).as("%d clients", level.clients()).isEmpty();
    assertThat(level.tokensPerSecond()).isPositive();
  }

  /// Of the middle and of the last third, so that what warms up does not count.
  private static void assertFlat(Level level) {
    List<Memory> memory = level.memory();
    int third = memory.size() / 3;
    long middle = median(memory.subList(third, 2 * third));
    long last = median(memory.subList(2 * third, memory.size()));
    assertThat(last).as("resident bytes").isLessThan((long) (middle * MOST_GROWTH) + SLACK_BYTES);
  }

  private static long median(List<Memory> memory) {
    return memory.stream()
        .mapToLong(Memory::resident)
        .sorted()
        .skip(memory.size() / 2)
        .findFirst()
        .orElse(0);
  }

  private static void assertIdle(ServiceProcess service) {
    for (String meter : List.of("fiddler.generations.running", "fiddler.generations.queued")) {
      await(
          () ->
              service.get("/actuator/metrics/" + meter).at("/measurements/0/value").asDouble() == 0,
          meter);
    }
    assertThat(service.output()).noneMatch(line -> line.contains(" ERROR "));
  }

  private static void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
    }
  }

  private void assertRows() {
    try (TestStore store = TestStore.of(database.pool())) {
      answered.assertRowsIn(store);
    }
  }
}
