package io.fiddler.scale;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.expert.Phase;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.learning.Room;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.store.Migrations;
import io.fiddler.store.Notifications;
import io.fiddler.store.PostgresActivationHistory;
import io.fiddler.store.PostgresPlacementStore;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.TestStore;
import io.fiddler.store.access.PostgresApiKeys;
import io.fiddler.store.access.PostgresLimitPool;
import io.fiddler.store.access.PostgresPermitPool;
import io.fiddler.store.upkeep.Retention;
import io.fiddler.store.upkeep.StoreUpkeep;
import io.fiddler.store.version.PostgresPlacementJournal;
import io.fiddler.store.version.PostgresPlacementPins;
import io.fiddler.store.version.PostgresPlanningTurn;
import io.fiddler.store.writer.CountedModel;
import io.fiddler.store.writer.StoreWriter;
import io.fiddler.store.writer.WriterOptions;
import io.fiddler.usage.RequestCosts;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyRing;
import io.fiddler.usage.access.limit.Admission;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.EnduringPool;
import io.fiddler.usage.access.limit.Limiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// All of a service that uses the database, with its defaults: pool, writer, limits of keys,
/// placement, listeners, upkeep. What its engine would have counted and its requests would have
/// recorded is made up, evenly, from a seed.
final class SimulatedReplica implements AutoCloseable {
  static final String FINGERPRINT = "simulated";

  /// `fiddler.security.keys.lease`.
  static final Duration LEASE = Duration.ofSeconds(2);

  /// Longer than the service's, which would put on disk what is left; here all is to be counted.
  private static final Duration CLOSING = Duration.ofMinutes(2);

  private static final Duration KEY_CACHE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofSeconds(15);
  private static final Duration TURN = Duration.ofSeconds(10);
  private static final Retention RETENTION =
      new Retention(
          Duration.ofDays(90),
          Duration.ofDays(30),
          Duration.ofDays(3),
          Duration.ofDays(730),
          Duration.ofDays(730));
  private static final int REMEMBERED_KEYS = 10_000;

  private final ScaleLoad load;
  private final List<ApiKey> keys;
  private final HikariDataSource pool;
  private final Migrations migrations;
  private final RoutedTokens routed;
  private final StoreWriter writer;
  private final Limiter limiter;
  private final FollowedPlacement placement;
  private final StoreUpkeep upkeep;
  private final Notifications placements;
  private final Notifications keyChanges;
  private final SplittableRandom random;
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// Starts it: migrates, plans its placement, listens.
  ///
  /// @param number which of the fleet's replicas it is
  /// @param pool its connections, closed with it
  /// @param keys that requests come with, in turn
  SimulatedReplica(
      int number, ScaleLoad load, HikariDataSource pool, List<ApiKey> keys, FleetTimes times) {
    String name = "replica-" + number;
    Clock clock = Clock.systemUTC();
    this.load = load;
    this.pool = pool;
    this.keys = keys;
    this.random = new SplittableRandom(number);
    this.routed = new RoutedTokens(load.grid());
    this.migrations = Migrations.start(pool);
    migrations.await(TestStore.PATIENCE, true);
    StoreConnection store = new StoreConnection(pool, migrations);
    this.limiter =
        new Limiter(
            new EnduringPool(new PostgresLimitPool(store), clock),
            new PostgresPermitPool(store, () -> name),
            clock,
            LEASE);
    PlacementPlanner planner =
        new PlacementPlanner(
            new PostgresActivationHistory(store),
            PolicyCatalogue.withDefaults(),
            HalfLives.DEFAULT,
            () -> name,
            clock);
    this.placement =
        new FollowedPlacement(
            new Room(FINGERPRINT, load.grid(), load.capacity(number)),
            planner,
            records(store),
            name,
            times.followed()::release);
    placement.start();
    this.writer =
        StoreWriter.start(
            new TimedPool(pool, times.batches(), times.commits()),
            migrations,
            () -> Optional.of(new CountedModel(FINGERPRINT, routed)),
            options(load));
    this.upkeep = StoreUpkeep.start(pool, migrations, RETENTION, clock);
    KeyRing ring =
        new KeyRing(
            new PostgresApiKeys(store),
            clock,
            new KeyRing.Options(KEY_CACHE, Duration.ofMinutes(15), REMEMBERED_KEYS));
    this.keyChanges =
        Notifications.start(Notifications.Channel.KEY, pool, migrations, KEY_CACHE, ring::refresh);
    this.placements =
        Notifications.start(
            Notifications.Channel.PLACEMENT, pool, migrations, POLL, placement::look);
  }

  private PlacementRecords records(StoreConnection store) {
    return new PlacementRecords(
        new PostgresPlacementStore(store),
        new PostgresPlacementJournal(store),
        new PostgresPlacementPins(store),
        new PostgresPlanningTurn(pool, migrations, TURN));
  }

  private static WriterOptions options(ScaleLoad load) {
    WriterOptions usual = WriterOptions.defaults();
    return new WriterOptions(load.flushInterval(), usual.batchRows(), usual.bufferRows(), CLOSING);
  }

  /// Serves one request. Blocking where a lease is over, as the service is.
  void serve() {
    ApiKey key = keys.get((int) (served.get() % keys.size()));
    Admission admitted = limiter.tryAdmit(key).orElseGet(() -> limiter.admit(key));
    int tokens = load.promptTokens() + load.completionTokens();
    Admission reserved =
        limiter.tryReserve(key, tokens).orElseGet(() -> limiter.reserve(key, tokens));
    if (!(admitted instanceof Granted request) || !(reserved instanceof Granted stake)) {
      refused.incrementAndGet();
      return;
    }
    String tenant = key.settings().tenant();
    routed.count(tenant, Phase.PREFILL, load.promptTokens());
    routed.count(tenant, Phase.DECODE, load.completionTokens());
    writer.append(record(key));
    limiter.settle(key, stake.stake(), tokens);
    limiter.release(key, request.stake());
    served.incrementAndGet();
  }

  private RequestRecord record(ApiKey key) {
    double firstToken = Math.exp(5 + 2 * random.nextDouble());
    return new RequestRecord(
        UUID.randomUUID(),
        Instant.now(),
        key.settings().tenant(),
        FINGERPRINT,
        "/v1/chat/completions",
        true,
        200,
        load.promptTokens(),
        load.completionTokens(),
        3 * random.nextDouble(),
        firstToken,
        firstToken * (1 + 20 * random.nextDouble()),
        "stop",
        "{\"temperature\": 0.7}",
        "cuda",
        1L,
        1L,
        0.4 + 0.2 * random.nextDouble(),
        null,
        null,
        null,
        key.id(),
        new RequestCosts(0, 1_000 * random.nextDouble(), 1L << 33));
  }

  /// Gives back what is over of keys' limits: every lease.
  void renewLimits() {
    limiter.renew();
  }

  /// Waits until everything served is written.
  void flush() {
    if (!writer.flush(TestStore.PATIENCE)) {
      throw new IllegalStateException("not written within " + TestStore.PATIENCE);
    }
  }

  /// Plans for an operator.
  void apply() {
    placement.apply();
  }

  int followed() {
    return placement.followed();
  }

  long served() {
    return served.get();
  }

  long refused() {
    return refused.get();
  }

  long activations() {
    return routed.snapshot().values().stream().mapToLong(each -> each.total()).sum();
  }

  @Override
  public void close() {
    placements.close();
    keyChanges.close();
    writer.close();
    upkeep.close();
    migrations.close();
    pool.close();
  }
}
