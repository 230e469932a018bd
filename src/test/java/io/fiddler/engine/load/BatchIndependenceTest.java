package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.StepReport;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same requests alone, and all at once over a cache that holds a fraction of them: in chunks,
/// set back and read again, and going on from what others have left in the cache.
class BatchIndependenceTest {
  private static final int REQUESTS = 32;
  private static final int MAX_TOKENS = 24;

  private static EngineOptions options(
      Kind kind, DispatchMode dispatch, int cacheTokens, int stepTokens, PrefixCache prefixes) {
    return Engines.options(
        kind,
        12,
        new Limits(64, 12, stepTokens, cacheTokens, CacheGrowth.NONE).with(prefixes),
        dispatch);
  }

  /// Half of the prompts begin alike; some are whole blocks long.
  private static GenerationRequest request(int number) {
    SplittableRandom random = new SplittableRandom(number);
    int[] own = random.ints(3 + 7 * (number % 6), 5, 3_000).toArray();
    int[] common = new SplittableRandom(99).ints(32 + 16 * (number % 2), 5, 3_000).toArray();
    int[] prompt = number % 4 < 2 ? own : common;
    if (number % 8 >= 4 && number % 4 >= 2) {
      prompt = Arrays.copyOf(common, common.length + own.length);
      System.arraycopy(own, 0, prompt, common.length, own.length);
    }
    return new GenerationRequest(
        Origin.of("tenant-" + number % 2),
        prompt,
        MAX_TOKENS,
        Decoding.sampled(new SamplingParameters(1.2, 0, 0.95, 0, 1.1, 0, 0, Map.of(), number)),
        Set.of(),
        true,
        3,
        number % 11 == 5);
  }

  private record Answer(List<SampledToken> tokens, List<SampledToken> prompt) {
    static Answer of(CollectingListener listener) {
      return new Answer(List.copyOf(listener.tokens()), listener.promptLogprobs());
    }
  }

  private static final class Watch implements EngineListener {
    final AtomicLong preemptions = new AtomicLong();
    final AtomicLong cachedTokens = new AtomicLong();

    @Override
    public void onStep(StepReport report) {
      preemptions.addAndGet(report.scheduling().preemptions());
      cachedTokens.addAndGet(report.scheduling().cachedTokens());
    }
  }

  private static List<Answer> alone() {
    try (Engine engine =
        Engines.load(options(Kind.NONE, DispatchMode.AUTO, 4096, 256, PrefixCache.OFF))) {
      List<Answer> answers = new ArrayList<>();
      for (int number = 0; number < REQUESTS; number++) {
        CollectingListener listener = new CollectingListener();
        engine.submit(request(number), listener);
        listener.awaitReport();
        answers.add(Answer.of(listener));
      }
      return answers;
    }
  }

  private static final List<Answer> ALONE = alone();

  @ParameterizedTest
  @CsvSource({
    "NONE, AUTO, 256, 24, SPACE",
    "NONE, AUTO, 256, 64, OFF",
    "EMULATED, HOST, 208, 16, SHARED",
    "EMULATED, SPLIT, 256, 24, SPACE",
    "EMULATED, AUTO, 320, 32, SPACE"
  })
  void answers_areTheSameBits_aloneAndAmongOthers(
      Kind kind, DispatchMode dispatch, int cacheTokens, int stepTokens, PrefixCache prefixes) {
    Watch watch = new Watch();
    try (Engine engine =
        Engines.load(options(kind, dispatch, cacheTokens, stepTokens, prefixes), watch)) {
      // Twice: the second time, what is kept of the first is there.
      for (int round = 0; round < 2; round++) {
        List<CollectingListener> listeners =
            IntStream.range(0, REQUESTS)
                .mapToObj(number -> {
                  CollectingListener listener = new CollectingListener();
                  engine.submit(request(number), listener);
                  return listener;
                })
                .toList();
        listeners.forEach(CollectingListener::awaitReport);
        assertThat(listeners.stream().map(Answer::of).toList()).isEqualTo(ALONE);
      }
    }
    assertThat(watch.preemptions.get()).as("groups set back").isPositive();
    if (prefixes == PrefixCache.OFF) {
      assertThat(watch.cachedTokens.get()).isZero();
    } else {
      assertThat(watch.cachedTokens.get()).isPositive();
    }
  }
}
