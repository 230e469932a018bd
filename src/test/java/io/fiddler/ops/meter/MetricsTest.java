package io.fiddler.ops.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.TouchedExperts;
import io.fiddler.engine.timeline.LaneUsage;
import io.fiddler.engine.timeline.TimelineLane;
import io.fiddler.expert.ExpertId;
import io.fiddler.ops.FakeEngine;
import io.fiddler.usage.StoreStatus;
import io.fiddler.usage.StoreStatus.SpoolStatus;
import io.fiddler.usage.UpkeepStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private static final SpoolStatus NO_SPOOL = new SpoolStatus(0, 0, 0, 0, null);
  private static final GenerationReport REPORT =
      new GenerationReport(
          FinishReason.LENGTH,
          8,
          5,
          2_000_000,
          100_000_000,
          500_000_000,
          new AssignmentCounts(1, 2, 3, 4),
          new AssignmentCounts(5, 6, 7, 8),
          GenerationCosts.NONE,
          1,
          1);

  private final MeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void generations_areCountedByTokensAndTimes() {
    new EngineMetrics(registry).onGeneration(REPORT);

    assertThat(counter("fiddler.tokens", "type", "prompt")).isEqualTo(8);
    assertThat(counter("fiddler.tokens", "type", "completion")).isEqualTo(5);
    assertThat(counter("fiddler.generations", "reason", "length")).isEqualTo(1);
    assertThat(milliseconds("gen_ai.server.time_to_first_token")).isEqualTo(100, within(1e-6));
    assertThat(milliseconds("gen_ai.server.time_per_output_token")).isEqualTo(100, within(1e-6));
    assertThat(milliseconds("gen_ai.server.request.duration")).isEqualTo(500, within(1e-6));
    assertThat(milliseconds("fiddler.generations.queue.time")).isEqualTo(2, within(1e-6));
  }

  @Test
  void tokenTimes_areNotRecorded_whenThereWereNoTokens() {
    new EngineMetrics(registry)
        .onGeneration(
            new GenerationReport(
                FinishReason.CANCELLED,
                8,
                0,
                2_000_000,
                0,
                3_000_000,
                AssignmentCounts.NONE,
                AssignmentCounts.NONE,
                GenerationCosts.NONE,
                1,
                1));

    assertThat(registry.get("gen_ai.server.time_to_first_token").timer().count()).isZero();
    assertThat(registry.get("gen_ai.server.time_per_output_token").timer().count()).isZero();
    assertThat(registry.get("gen_ai.server.request.duration").timer().count()).isEqualTo(1);
  }

  @Test
  void steps_showWhatRunsAndWaits_untilIdle() {
    EngineMetrics metrics = new EngineMetrics(registry);

    metrics.onStep(
        new StepReport(
            4,
            2,
            new AssignmentCounts(1, 2, 3, 4),
            new AssignmentCounts(5, 6, 7, 8),
            new TouchedExperts(3, 9),
            1_024,
            256,
            5_000_000,
            1_000_000,
            new StepReport.Scheduling(3, 7, 2, 48, 5, 64),
            1));

    assertThat(counter("fiddler.assignments", "phase", "prefill", "way", "resident")).isEqualTo(1);
    assertThat(counter("fiddler.assignments", "phase", "prefill", "way", "split")).isEqualTo(4);
    assertThat(counter("fiddler.assignments", "phase", "decode", "way", "streamed")).isEqualTo(6);
    assertThat(counter("fiddler.assignments", "phase", "decode", "way", "host")).isEqualTo(7);

    assertThat(registry.get("fiddler.generations.running").gauge().value()).isEqualTo(3);
    assertThat(registry.get("fiddler.generations.queued").gauge().value()).isEqualTo(7);
    assertThat(registry.get("fiddler.preemptions").counter().count()).isEqualTo(2);
    assertThat(registry.get("fiddler.tokens.cached").counter().count()).isEqualTo(48);
    assertThat(registry.get("fiddler.kv.blocks.used").gauge().value()).isEqualTo(5);
    assertThat(registry.get("fiddler.kv.blocks").gauge().value()).isEqualTo(64);
    assertThat(registry.get("fiddler.streamed").counter().count()).isEqualTo(1_024);
    assertThat(registry.get("fiddler.streamed.wasted").counter().count()).isEqualTo(256);
    assertThat(milliseconds("fiddler.step")).isEqualTo(5, within(1e-6));
    assertThat(milliseconds("fiddler.step.host")).isEqualTo(1, within(1e-6));

    metrics.onIdle();

    assertThat(registry.get("fiddler.generations.running").gauge().value()).isZero();
    assertThat(registry.get("fiddler.generations.queued").gauge().value()).isZero();
  }

  @Test
  void lanes_showBusyTimeOfAStepAndAToken_andOverlap() {
    new EngineMetrics(registry)
        .onTimeline(
            new TimelineReport(
                0,
                4,
                9_000_000,
                new LaneUsage(
                    Map.of(TimelineLane.HOST, 8_000_000L, TimelineLane.COPY, 4_000_000L),
                    8_000_000,
                    4_000_000),
                7_000_000));

    assertThat(busy("fiddler.lane.busy", "host")).isEqualTo(8, within(1e-6));
    assertThat(busy("fiddler.lane.busy.token", "host")).isEqualTo(2, within(1e-6));
    assertThat(busy("fiddler.lane.busy.token", "copy")).isEqualTo(1, within(1e-6));
    assertThat(busy("fiddler.lane.busy", "compute")).isZero();
    assertThat(milliseconds("fiddler.lane.step")).isEqualTo(9, within(1e-6));
    assertThat(registry.get("fiddler.lane.overlap").summary().mean()).isEqualTo(0.5);
  }

  private double busy(String name, String lane) {
    return registry.get(name).tag("lane", lane).timer().totalTime(TimeUnit.MILLISECONDS);
  }

  @Test
  void hitRate_isThatOfThePlacementInForce() {
    FakeEngine engine = new FakeEngine();
    new EngineGauges(engine).bindTo(registry);
    assertThat(hitRate("all")).isNaN();

    engine.assigned(new AssignmentCounts(3, 0, 1, 0), new AssignmentCounts(1, 1, 1, 1));
    engine.reside(new ExpertId(0, 1), 0);

    assertThat(hitRate("all")).isEqualTo(0.5);
    assertThat(hitRate("prefill")).isEqualTo(0.75);
    assertThat(hitRate("decode")).isEqualTo(0.25);
    assertThat(registry.get("fiddler.experts.resident").gauge().value()).isEqualTo(1);
    assertThat(registry.get("fiddler.experts.capacity").gauge().value()).isEqualTo(2);
    assertThat(registry.get("fiddler.device.frames.lent").gauge().value()).isEqualTo(1);
  }

  @Test
  void device_isShownWithItsMemoryAndTheCpusKernels() {
    FakeEngine engine = new FakeEngine();
    new EngineGauges(engine).bindTo(registry);
    new DeviceMeter(engine, registry).register();
    engine.reside(new ExpertId(0, 1), 0);

    assertThat(registry.get("fiddler.device.memory").gauge().value()).isEqualTo(4_000);
    assertThat(registry.get("fiddler.device.used").gauge().value()).isEqualTo(1_000);
    assertThat(
            registry
                .get("fiddler.device")
                .tags("kind", "emulated", "name", "a test", "kernels", "scalar")
                .gauge()
                .value())
        .isEqualTo(1);
  }

  @Test
  void engineGauges_areNotANumber_whileTheModelIsLoading() {
    FakeEngine engine = new FakeEngine();
    engine.become(EngineState.LOADING, "reading weights", 0.5);
    new EngineGauges(engine).bindTo(registry);

    assertThat(registry.get("fiddler.load.progress").gauge().value()).isEqualTo(0.5);
    assertThat(registry.get("fiddler.experts.resident").gauge().value()).isNaN();
    assertThat(hitRate("all")).isNaN();
  }

  @Test
  void store_showsBufferSpoolDropsAndBatches() {
    SpoolStatus spool = new SpoolStatus(4096, 8192, 20, 30, null);
    new StoreMetrics(() -> new StoreStatus(false, 12, 3, 7, "down", spool, true, 4, 5))
        .bindTo(registry);

    assertThat(registry.get("fiddler.store.available").gauge().value()).isZero();
    assertThat(registry.get("fiddler.store.buffered").gauge().value()).isEqualTo(12);
    assertThat(registry.get("fiddler.store.dropped").functionCounter().count()).isEqualTo(3);
    assertThat(registry.get("fiddler.store.batches").functionCounter().count()).isEqualTo(7);
    assertThat(registry.get("fiddler.store.full").gauge().value()).isEqualTo(1);
    assertThat(registry.get("fiddler.store.refused").functionCounter().count()).isEqualTo(4);
    assertThat(registry.get("fiddler.store.traces.dropped").functionCounter().count()).isEqualTo(5);
    assertThat(registry.get("fiddler.store.spool.size").gauge().value()).isEqualTo(4096);
    assertThat(registry.get("fiddler.store.spooled").gauge().value()).isEqualTo(20);
    assertThat(registry.get("fiddler.store.replayed").functionCounter().count()).isEqualTo(30);
  }

  @Test
  void upkeep_isCounted() {
    new UpkeepMetrics(() -> new UpkeepStatus(5, 2, null, "refused")).bindTo(registry);

    assertThat(registry.get("fiddler.store.upkeep.rounds").functionCounter().count()).isEqualTo(5);
    assertThat(registry.get("fiddler.store.upkeep.failures").functionCounter().count())
        .isEqualTo(2);
  }

  @Test
  void everyMeter_hasALowerCaseNameAndADescriptionWithoutAPeriod() {
    new EngineMetrics(registry);
    new EngineGauges(new FakeEngine()).bindTo(registry);
    new LatencyGauges(new FakeEngine()).bindTo(registry);
    new DeviceMeter(new FakeEngine(), registry).register();
    new StoreMetrics(() -> new StoreStatus(true, 0, 0, 0, null, NO_SPOOL, false, 0, 0))
        .bindTo(registry);

    // This registry shows every bucket of a histogram as a gauge of its own, without description.
    assertThat(registry.getMeters())
        .filteredOn(meter -> !meter.getId().getName().endsWith(".histogram"))
        .isNotEmpty()
        .allSatisfy(meter -> {
          assertThat(meter.getId().getName())
              .isEqualTo(meter.getId().getName().toLowerCase(Locale.ROOT));
          assertThat(meter.getId().getDescription()).isNotBlank().doesNotEndWith(".");
        });
  }

  @Test
  void histograms_haveBuckets_inPrometheus() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new EngineMetrics(prometheus).onGeneration(REPORT);

    assertThat(prometheus.scrape())
        .contains("gen_ai_server_time_to_first_token_seconds_bucket{le=\"0.1\"} 1")
        .contains("gen_ai_server_time_to_first_token_seconds_bucket{le=\"120.0\"} 1")
        .contains("fiddler_generations_queue_time_seconds_bucket{le=\"120.0\"}")
        .contains("gen_ai_server_time_per_output_token_seconds_bucket{le=\"0.075\"} 0")
        .contains("fiddler_tokens_total{type=\"prompt\"} 8.0");
  }

  private double counter(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private double milliseconds(String timer) {
    return registry.get(timer).timer().totalTime(TimeUnit.MILLISECONDS);
  }

  private double hitRate(String phase) {
    return registry.get("fiddler.hit.rate").tag("phase", phase).gauge().value();
  }
}
