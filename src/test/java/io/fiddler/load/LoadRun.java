package io.fiddler.load;

import io.fiddler.ServiceProcess;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Runs clients against a service.
///
/// @param seed of what the clients ask for
/// @param answered gets the ids of all answers
record LoadRun(ServiceProcess service, long seed, Answered answered) {
  /// @param every between looks at the memory
  Level run(int clients, Duration time, Duration every) throws InterruptedException {
    Seen seen = new Seen();
    List<Memory> memory = new ArrayList<>();
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .build()) {
      ExecutorService running = Executors.newVirtualThreadPerTaskExecutor();
      for (int i = 0; i < clients; i++) {
        running.execute(new LoadClient(service.address(), http, seed + i, end, seen, answered));
      }
      running.shutdown();
      do {
        memory.add(Memory.of(service, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)));
      } while (!running.awaitTermination(every.toMillis(), TimeUnit.MILLISECONDS));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Level(
        clients,
        seconds,
        seen.requests.sum() / seconds,
        seen.tokens.sum() / seconds,
        quantiles(seen.firstTokens),
        quantiles(seen.tokenGaps),
        seen.ends(),
        seen.wrong(),
        List.copyOf(memory));
  }

  private static List<Double> quantiles(Times times) {
    return List.of(times.millis(0.5), times.millis(0.95), times.millis(0.99));
  }
}
