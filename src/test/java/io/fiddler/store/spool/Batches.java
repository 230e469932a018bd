package io.fiddler.store.spool;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.expert.Phase;
import io.fiddler.store.batch.ActivationRow;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.Loss;
import io.fiddler.usage.RequestCosts;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Batches of every form.
final class Batches {
  private final SplittableRandom random;

  Batches(long seed) {
    random = new SplittableRandom(seed);
  }

  Batch next(long number) {
    return new Batch(
        number,
        some(this::request),
        some(this::counts),
        some(this::trace),
        random.nextBoolean() ? List.of() : List.of(loss()));
  }

  private <T> List<T> some(Supplier<T> one) {
    List<T> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(one.get());
    }
    return some;
  }

  private RequestRecord request() {
    return new RequestRecord(
        new UUID(random.nextLong(), random.nextLong()),
        instant(),
        text(),
        optional(text()),
        text(),
        random.nextBoolean(),
        random.nextInt(600),
        random.nextInt(),
        random.nextInt(9),
        random.nextDouble(),
        optional(random.nextDouble()),
        random.nextDouble(),
        optional(text()),
        text(),
        optional(text()),
        optional(random.nextLong()),
        optional(random.nextLong()),
        optional(random.nextDouble()),
        optional(text()),
        optional(text()),
        optional(text()),
        optional(text()),
        new RequestCosts(random.nextInt(99), random.nextDouble(), random.nextLong()));
  }

  private ActivationRow counts() {
    return new ActivationRow(
        new ActivationRow.Key(
            text(),
            instant(),
            random.nextInt(99),
            Phase.values()[random.nextInt(Phase.values().length)],
            text()),
        LongStream.generate(() -> random.nextLong() >>> random.nextInt(1, 64))
            .limit(random.nextInt(130))
            .toArray());
  }

  private TraceRecord trace() {
    int tokens = random.nextInt(5);
    int experts = random.nextBoolean() ? 256 : 2000;
    short[] choices = new short[tokens * 3 * 2];
    for (int i = 0; i < choices.length; i++) {
      choices[i] = (short) random.nextInt(experts);
    }
    return new TraceRecord(
        new UUID(random.nextLong(), random.nextLong()),
        instant(),
        text(),
        text(),
        new ExpertTrace(random.nextInt(5), tokens, 3, 2, choices));
  }

  private Loss loss() {
    return new Loss(
        Loss.Reason.values()[random.nextInt(Loss.Reason.values().length)],
        instant(),
        instant(),
        random.nextInt(1, 1000));
  }

  private Instant instant() {
    return Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
  }

  private String text() {
    return List.of("", "plain", "é 🎻 \0 \n", "x".repeat(random.nextInt(300)))
        .get(random.nextInt(4));
  }

  private <T> @Nullable T optional(T value) {
    return random.nextBoolean() ? value : null;
  }
}
