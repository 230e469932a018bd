package io.fiddler.store;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.store.writer.StoreWriter;
import io.fiddler.usage.TraceRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PostgresTracesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final SplittableRandom random = new SplittableRandom(1);
  private final TestStore store = TestStore.create();
  private final PostgresTraces traces = new PostgresTraces(store.connection());

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void latest_givesWhatWasWritten_oldestFirst_asManyAsFit() {
    List<TraceRecord> written = new ArrayList<>();
    try (StoreWriter writer = store.writer(Optional::empty)) {
      for (int i = 0; i < 10; i++) {
        // Two days, experts of one byte and of two.
        written.add(trace("print", NOON.plusSeconds(7200L * i), 20, i % 2 == 0 ? 256 : 2000));
        writer.append(written.getLast());
        writer.append(trace("other", NOON.plusSeconds(7200L * i), 20, 256));
      }
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    assertThat(traces.latest("print", 1000)).isEqualTo(written);
    assertThat(traces.latest("print", 79)).isEqualTo(written.subList(7, 10));
    assertThat(traces.latest("print", 80)).isEqualTo(written.subList(6, 10));
    assertThat(traces.latest("print", 0)).isEmpty();
    assertThat(traces.latest("unknown", 1000)).isEmpty();
    assertThat(store.count("select count(*) from activation_trace_default")).isZero();
    assertThat(store.count("select count(*) from activation_trace_20261122")).isEqualTo(12);
    assertThat(
            store.count(
                "select octet_length(choices) from activation_trace where fingerprint = 'other' limit 1"))
        .isEqualTo(20 * 3 * 2);
  }

  @Test
  void append_dropsAndCounts_whenTracesNeedTooMuchMemory() {
    try (StoreWriter writer = store.writer(Optional::empty)) {
      for (int i = 0; i < 20; i++) {
        writer.append(trace("print", NOON, 200_000, 256));
      }
      assertThat(writer.status().droppedTraces()).isPositive();
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(store.count("select count(*) from activation_trace"))
          .isPositive()
          .isEqualTo(20 - writer.status().droppedTraces());
    }
  }

  private TraceRecord trace(String fingerprint, Instant at, int tokens, int experts) {
    short[] choices = new short[tokens * 3 * 2];
    for (int i = 0; i < choices.length; i++) {
      choices[i] = (short) random.nextInt(experts);
    }
    return new TraceRecord(
        new UUID(random.nextLong(), random.nextLong()),
        at,
        "default",
        fingerprint,
        new ExpertTrace(5, tokens, 3, 2, choices));
  }
}
