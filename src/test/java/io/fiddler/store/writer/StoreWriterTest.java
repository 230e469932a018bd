package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class StoreWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");
  private static final Duration NEVER = Duration.ofDays(1);

  private final TestStore store = TestStore.create();

  @AfterAll
  void closeStore() {
    store.close();
  }

  @BeforeEach
  void emptyTables() {
    store.jdbc().sql("truncate request_log, expert_activation, writer").update();
  }

  @Test
  void append_writesEveryColumn() {
    RequestRecord full =
        new RequestRecord(
            UUID.randomUUID(),
            NOW,
            "tenant\t1",
            "print",
            "/v1/completions",
            true,
            499,
            3,
            4,
            0.25,
            1.5,
            2.5,
            "cancelled",
            "{\"stop\": [\"\\u0000\\n\"]}",
            "emulated",
            7L,
            8L,
            0.75,
            "a \\ in it",
            "line\nline\r\0 é 🎻",
            "\\N");
    try (var writer = store.writer(Optional::empty)) {
      writer.append(full);
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    Map<String, @Nullable Object> row =
        store.jdbc().sql("select * from request_log").query().singleRow();
    assertThat(row)
        .containsEntry("id", full.id())
        .containsEntry("tenant", "tenant\t1")
        .containsEntry("fingerprint", "print")
        .containsEntry("stream", true)
        .containsEntry("status", 499)
        .containsEntry("prompt_tokens", 3)
        .containsEntry("completion_tokens", 4)
        .containsEntry("queue_millis", 0.25)
        .containsEntry("first_token_millis", 1.5)
        .containsEntry("total_millis", 2.5)
        .containsEntry("finish_reason", "cancelled")
        .containsEntry("device", "emulated")
        .containsEntry("first_placement_version", 7L)
        .containsEntry("last_placement_version", 8L)
        .containsEntry("hit_rate", 0.75)
        .containsEntry("error", "a \\ in it")
        .containsEntry("prompt", "line\nline\r\ufffd é 🎻")
        .containsEntry("output", "\\N");
    assertThat(row.get("sampling")).hasToString("{\"stop\": [\"\ufffd\\n\"]}");
  }

  @Test
  void append_writesNulls_whenTheRequestNeverRan() {
    try (var writer = store.writer(Optional::empty)) {
      writer.append(
          new RequestRecord(
              UUID.randomUUID(),
              NOW,
              "default",
              null,
              "/v1/completions",
              false,
              400,
              0,
              0,
              0,
              null,
              1,
              null,
              "{}",
              null,
              null,
              null,
              null,
              "bad",
              null,
              null));
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    assertThat(
            store.count(
                """
                select count(*) from request_log
                where num_nulls(fingerprint, first_token_millis, finish_reason, device,
                  first_placement_version, last_placement_version, hit_rate, prompt, output) = 9
                """))
        .isEqualTo(1);
  }

  @Test
  void append_makesAPartitionADay_beforeRowsOfThatDayArrive() {
    try (var writer = store.writer(Optional::empty)) {
      writer.append(request(Instant.parse("2026-11-20T23:59:59.999999Z")));
      writer.append(request(Instant.parse("2026-11-21T00:00:00Z")));
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    assertThat(store.count("select count(*) from request_log_20261120")).isEqualTo(1);
    assertThat(store.count("select count(*) from request_log_20261121")).isEqualTo(1);
    assertThat(store.count("select count(*) from request_log_default")).isZero();
  }

  @Test
  void ensurePartition_movesRowsOutOfTheDefault_whenTheyCameTooEarly() {
    store
        .jdbc()
        .sql(
            """
            insert into request_log (id, created_at, tenant, route, stream, status, prompt_tokens,
              completion_tokens, queue_millis, total_millis, sampling)
            values (gen_random_uuid(), '2025-01-01T12:00:00Z', 't', 'r', false, 200, 1, 1, 1, 1, '{}')
            """)
        .update();
    String ensure = "select request_log_ensure_partition('2025-01-01')";
    assertThat(store.jdbc().sql(ensure).query(Boolean.class).single()).isTrue();
    assertThat(store.jdbc().sql(ensure).query(Boolean.class).single()).isFalse();
    assertThat(store.count("select count(*) from request_log_20250101")).isEqualTo(1);
    assertThat(store.count("select count(*) from request_log_default")).isZero();
  }

  @Test
  void append_writesWithoutAFlush_whenTheIntervalIsOver() throws Exception {
    WriterOptions quick = new WriterOptions(Duration.ofMillis(20), 1000, 1000, PATIENCE);
    try (var writer = store.writer(store.pool(), Optional::empty, quick)) {
      writer.append(request(NOW));
      awaitEmpty(writer);
    }
    assertThat(store.count("select count(*) from request_log")).isEqualTo(1);
  }

  @Test
  void append_writesWithoutAFlush_whenABatchIsFull() throws Exception {
    WriterOptions patient = new WriterOptions(NEVER, 10, 1000, PATIENCE);
    try (var writer = store.writer(store.pool(), Optional::empty, patient)) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      for (int i = 0; i < 10; i++) {
        writer.append(request(NOW));
      }
      awaitEmpty(writer);
      assertThat(writer.status().lastBatch()).isEqualTo(1);
    }
  }

  @Test
  void close_writesTheRest() {
    Counters counters = new Counters(new ExpertGrid(List.of(2)));
    WriterOptions patient = new WriterOptions(NEVER, 1000, 1000, PATIENCE);
    try (var writer = store.writer(store.pool(), () -> counters.as("print"), patient)) {
      writer.append(request(NOW));
      counters.count("default", Phase.DECODE, 0, 1, 5);
    }
    assertThat(store.count("select count(*) from request_log")).isEqualTo(1);
    assertThat(store.count("select sum(counts[2]) from expert_activation")).isEqualTo(5);
  }

  @Test
  void append_leavesOutTheRow_whenTheDatabaseRefusesIt() {
    try (var writer = store.writer(Optional::empty)) {
      RequestRecord good = request(NOW);
      writer.append(good);
      writer.append(
          new RequestRecord(
              UUID.randomUUID(),
              NOW,
              "default",
              null,
              "/",
              false,
              200,
              0,
              0,
              0,
              null,
              1,
              null,
              "no json",
              null,
              null,
              null,
              null,
              null,
              null,
              null));
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().droppedRequests()).isEqualTo(1);
      assertThat(writer.status().bufferedRequests()).isZero();
      assertThat(store.jdbc().sql("select id from request_log").query(UUID.class).list())
          .containsExactly(good.id());
    }
  }

  @Test
  void counts_areExact_whenSeveralWritersAddToTheSameRows() throws Exception {
    ExpertGrid grid = new ExpertGrid(List.of(3, 0, 4));
    long[] expected = new long[grid.size()];
    List<Thread> processes = new ArrayList<>();
    for (int process = 0; process < 4; process++) {
      Counters counters = new Counters(grid);
      SplittableRandom random = new SplittableRandom(process);
      List<int[]> events = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int index = random.nextInt(grid.size());
        int times = random.nextInt(1, 9);
        expected[index] += times;
        events.add(new int[] {index, times});
      }
      processes.add(
          Thread.ofPlatform()
              .start(() -> {
                try (var writer = store.writer(() -> counters.as("shared"))) {
                  for (int[] event : events) {
                    var id = grid.at(event[0]);
                    counters.count("t", Phase.PREFILL, id.layer(), id.expert(), event[1]);
                    writer.flush(PATIENCE);
                  }
                }
              }));
    }
    for (Thread process : processes) {
      process.join();
    }
    for (int index = 0; index < grid.size(); index++) {
      var id = grid.at(index);
      assertThat(
              store
                  .jdbc()
                  .sql(
                      """
                      select sum(count) from expert_activation_by_expert
                      where fingerprint = 'shared' and phase = 'prefill' and layer = ? and expert = ?
                      """)
                  .params(id.layer(), id.expert())
                  .query(Long.class)
                  .single())
          .as("expert %s", id)
          .isEqualTo(expected[index]);
    }
    assertThat(store.count("select count(*) from expert_activation where layer = 1")).isZero();
  }

  @Test
  void counts_startAgain_whenTheModelIsReloaded() {
    Counters first = new Counters(new ExpertGrid(List.of(2)));
    Counters second = new Counters(new ExpertGrid(List.of(2)));
    List<CountedModel> loaded = new ArrayList<>(first.as("a").stream().toList());
    try (var writer = store.writer(() -> Optional.of(loaded.getFirst()))) {
      first.count("t", Phase.DECODE, 0, 0, 5);
      writer.flush(PATIENCE);
      first.count("t", Phase.DECODE, 0, 0, 2);
      second.count("t", Phase.DECODE, 0, 0, 3);
      loaded.set(0, second.as("b").orElseThrow());
      writer.flush(PATIENCE);
    }
    assertThat(store.count("select sum(counts[1]) from expert_activation where fingerprint = 'a'"))
        .isEqualTo(7);
    assertThat(store.count("select sum(counts[1]) from expert_activation where fingerprint = 'b'"))
        .isEqualTo(3);
  }

  private static void awaitEmpty(StoreWriter writer) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (writer.status().bufferedRequests() > 0) {
      assertThat(System.nanoTime()).as("rows are still waiting").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
