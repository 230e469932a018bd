package io.fiddler.scale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.access.ApiKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/// Replicas that share a database. Whoever starts it closes it, which writes what is left.
final class Fleet implements AutoCloseable {
  /// As `spring.datasource.hikari` in `application.yml`.
  private static final int MOST_CONNECTIONS = 8;

  private static final Duration IDLE = Duration.ofMinutes(1);

  private final ScaleLoad load;
  private final FleetTimes times = new FleetTimes();
  private final List<SimulatedReplica> replicas;

  private Fleet(ScaleLoad load, TestDatabase database, List<ApiKey> keys) {
    this.load = load;
    List<Future<SimulatedReplica>> started = new ArrayList<>();
    // All at once, as a deployment may.
    try (ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, load.replicas())
          .forEach(i ->
              started.add(
                  starts.submit(
                      () -> new SimulatedReplica(i, load, pool(database, load), keys, times))));
    }
    this.replicas = started.stream().map(Future::resultNow).toList();
  }

  /// Starts them, with keys for its tenants.
  static Fleet start(ScaleLoad load, TestDatabase database, TestStore store) {
    return new Fleet(load, database, TenantKeys.create(load, store));
  }

  private static HikariDataSource pool(TestDatabase database, ScaleLoad load) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.url());
    config.setUsername(database.username());
    config.setPassword(database.password());
    config.setMaximumPoolSize(MOST_CONNECTIONS);
    config.setMinimumIdle(Math.min(load.idle(), MOST_CONNECTIONS));
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(Duration.ofSeconds(3).toMillis());
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /// Has each replica serve so many requests, as fast as it can.
  void serve(int requests) {
    onEach(replica -> IntStream.range(0, requests).forEach(_ -> replica.serve()));
  }

  /// Has each replica serve at the load's rate, and an operator change the placement of all
  /// halfway.
  void serveForAWhile() throws InterruptedException {
    long period = (long) (TimeUnit.SECONDS.toNanos(1) / load.requestsPerSecond());
    int threads = 2 * load.replicas() + 1;
    try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(threads)) {
      for (int i = 0; i < replicas.size(); i++) {
        SimulatedReplica replica = replicas.get(i);
        // Replicas do not act in step.
        long lease = SimulatedReplica.LEASE.toNanos();
        var _ =
            clock.scheduleAtFixedRate(
                replica::serve, period * i / replicas.size(), period, TimeUnit.NANOSECONDS);
        var _ =
            clock.scheduleAtFixedRate(
                replica::renewLimits, lease * i / replicas.size(), lease, TimeUnit.NANOSECONDS);
      }
      var _ = clock.schedule(replicas.getFirst()::apply, load.seconds() / 2, TimeUnit.SECONDS);
      boolean _ = clock.awaitTermination(load.seconds(), TimeUnit.SECONDS);
      clock.shutdownNow();
    }
  }

  /// Waits until everything served is written.
  void flush() {
    onEach(SimulatedReplica::flush);
  }

  /// An operator plans on the first replica.
  void apply() {
    replicas.getFirst().apply();
  }

  /// Waits until replicas have followed so often.
  boolean awaitFollowed(int times, Duration patience) throws InterruptedException {
    return this.times.followed().tryAcquire(times, patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// How many of the others have followed.
  long followed() {
    return replicas.stream().filter(each -> each.followed() > 0).count();
  }

  /// One number of all replicas.
  long sum(ToLongFunction<SimulatedReplica> number) {
    return replicas.stream().mapToLong(number).sum();
  }

  FleetTimes times() {
    return times;
  }

  private void onEach(Consumer<SimulatedReplica> work) {
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      replicas.forEach(each -> done.add(threads.submit(() -> work.accept(each))));
    }
    done.forEach(Future::resultNow);
  }

  @Override
  public void close() {
    onEach(SimulatedReplica::close);
  }
}
