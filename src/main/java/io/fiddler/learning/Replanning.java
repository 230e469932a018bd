package io.fiddler.learning;

import io.fiddler.engine.Engine;
import io.fiddler.expert.Residency;
import io.fiddler.placement.PlacementChange;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementPin;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one place where a running service changes its placement: plans anew, goes back, holds,
/// follows other replicas, takes corrections. One change at a time, so that versions are applied in
/// the order they were recorded in. What is pinned changes by {@link #pin} and {@link #unpin}
/// alone.
///
/// Blocking unless a method says otherwise, thread-safe. Every method throws {@link
/// io.fiddler.engine.EngineNotReadyException} if the engine is not ready, {@link
/// io.fiddler.usage.StoreUnavailableException} if the database does not answer, and {@link
/// PlacementRefusedException} if what is asked for cannot be as things are; then nothing changed.
public final class Replanning {
  private static final Logger LOG = LoggerFactory.getLogger(Replanning.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);

  private final Engine engine;
  private final StoreFlush store;
  private final PlacementPlanner planner;
  private final PlacementRecords records;
  private final InForce inForce;
  private final Pinned pinned;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /// The correction begun last; guarded by the lock.
  private Future<?> correcting = CompletableFuture.completedFuture(null);

  /// The version recorded last to follow another replica; guarded by the lock.
  private @Nullable Followed followed;

  /// Over an engine and its records.
  public Replanning(
      Engine engine,
      StoreFlush store,
      PlacementPlanner planner,
      PlacementRecords records,
      CurrentPlacement current) {
    this.engine = engine;
    this.store = store;
    this.planner = planner;
    this.records = records;
    this.inForce = new InForce(engine, current);
    this.pinned = new Pinned(records.pins(), planner::replica);
  }

  /// What came of it, or would.
  ///
  /// @param version as recorded; its id is 0 if it is only proposed
  /// @param change on the device
  public record Outcome(PlacementVersion version, ResidencyChange change) {}

  /// A version made to follow, which the device may have refused: following it again is not a
  /// further one.
  ///
  /// @param event of the other replica
  /// @param source the other replica's version
  private record Followed(long event, long source, PlacementVersion version) {}

  /// Plans from everything recorded up to now.
  ///
  /// @param policy by name; the standard if there is none
  /// @throws IllegalArgumentException if there is no such policy
  public Outcome apply(Optional<String> policy, Instruction instruction) {
    return alone(() -> {
      Room room = Room.of(engine);
      pinned.refuse(room.fingerprint());
      flush();
      return inForce.bring(
          records
              .turn()
              .take(
                  room.fingerprint(),
                  () -> {
                    PlacementVersion planned =
                        planner.plan(room, policy, Author.OPERATOR, instruction);
                    // Another replica may have pinned for all while this one waited and planned.
                    pinned.refuse(room.fingerprint());
                    return records.versions().record(planned, PlacementAction.APPLY);
                  }));
    });
  }

  /// Plans like {@link #apply} and shows it, without a version and without touching the device.
  /// That it was asked for is noted.
  ///
  /// @throws IllegalArgumentException if there is no such policy
  public Outcome propose(Optional<String> policy, Instruction instruction) {
    Room room = Room.of(engine);
    flush();
    PlacementVersion version = planner.plan(room, policy, Author.OPERATOR, instruction);
    PlacementChange change =
        PlacementChange.between(engine.residency(), version.placement(), room.capacity());
    String detail =
        String.format(
            Locale.ROOT,
            "policy %s, %d to load, %d to evict, forecast hit rate %.3f",
            version.placement().policy(),
            change.load().size(),
            change.evict().size(),
            version.placement().forecast().overall());
    note(room, PlacementAction.PROPOSE, null, instruction, detail, null);
    return new Outcome(version, new ResidencyChange(change.load(), change.evict()));
  }

  /// Goes back to the experts of an earlier version, fitted to this device, as a new version.
  ///
  /// @throws UnknownVersionException if there is no such version
  public Outcome rollback(long version, Instruction instruction) {
    return alone(() -> {
      Room room = Room.of(engine);
      pinned.refuse(room.fingerprint());
      PlacementVersion earlier = earlier(version, room, instruction);
      // Another replica may have pinned for all meanwhile.
      pinned.refuse(room.fingerprint());
      return goBack(earlier);
    });
  }

  /// Holds a placement against every other change, over restarts too.
  ///
  /// @param version the one in force if it is empty; any other is rolled back to first
  /// @param everywhere whether it is held by all replicas that share the database
  /// @throws UnknownVersionException if there is no such version
  public Outcome pin(Optional<Long> version, boolean everywhere, Instruction instruction) {
    return alone(() -> {
      Room room = Room.of(engine);
      PlacementVersion now = settled();
      Outcome outcome =
          version.isPresent() && version.get() != now.id()
              ? goBack(earlier(version.get(), room, instruction))
              : new Outcome(recorded(now), ResidencyChange.NONE);
      long held = outcome.version().id();
      records.pins().pin(pinOf(room, held, everywhere, instruction), planner.replica());
      pinned.read(room.fingerprint());
      LOG.info("Placement {} is pinned{}", held, everywhere ? " on all replicas" : "");
      return outcome;
    });
  }

  /// Lets go of what is pinned; nothing need be.
  ///
  /// @param everywhere whether to let go of what is pinned for all replicas
  public Outcome unpin(boolean everywhere, Instruction instruction) {
    return alone(() -> {
      Room room = Room.of(engine);
      PlacementVersion now = inForce.get();
      Optional<PlacementPin> held = pinned.read(room.fingerprint());
      if (!everywhere && held.filter(PlacementPin::isForAll).isPresent()) {
        pinned.refuse(room.fingerprint());
      }
      PlacementPin pin = pinOf(room, now.id(), everywhere, instruction);
      if (records.pins().unpin(pin, planner.replica())) {
        LOG.info("Nothing is pinned{} any more", everywhere ? " on all replicas" : "");
      }
      pinned.read(room.fingerprint());
      return new Outcome(now, ResidencyChange.NONE);
    });
  }

  /// What is pinned here, as last read; blocks only if it was never read.
  public Optional<PlacementPin> pinned() {
    return pinned.get(engine.model().fingerprint());
  }

  /// Reads again what is pinned, which another replica may have changed.
  public Optional<PlacementPin> readPinned() {
    return pinned.read(engine.model().fingerprint());
  }

  /// Moves experts as correction wants it. The future ends when the experts are there, or fails if
  /// an operator's change takes its place. Empty, and nothing changed, if somebody else changes the
  /// placement now, its basis is not in force any more, or something is pinned.
  ///
  /// Without a new version neither blocks nor needs the database; what was moved is recorded with
  /// the version that follows.
  public Optional<CompletableFuture<Residency>> correct(Correction correction) {
    if (!oneAtATime.tryLock()) {
      return Optional.empty();
    }
    try {
      Room room = Room.of(engine);
      PlacementVersion now = inForce.get();
      if (now.id() != correction.basis()
          || engine.placement().version() != correction.basis()
          || !mayCorrect()) {
        return Optional.empty();
      }
      PlacementVersion next =
          correction.newVersion()
              ? records
                  .versions()
                  .record(
                      correction.version(room.fingerprint(), planner.replica(), planner.now()),
                      PlacementAction.CORRECT)
              : now.with(correction.placement());
      CompletableFuture<Residency> begun = inForce.begin(next, correction.maxBytesPerSecond());
      correcting = begun;
      return Optional.of(begun);
    } finally {
      oneAtATime.unlock();
    }
  }

  /// Whether correction may move experts: not while something is pinned, nor before it is known
  /// whether it is. Never blocks.
  public boolean mayCorrect() {
    return pinned.isNothing();
  }

  /// Takes over what an operator did on another replica since this one last changed, fitted to this
  /// device; nothing if there is nothing, or if this replica has a pin of its own. What is pinned
  /// for all wins over whatever was applied elsewhere since.
  public Optional<Outcome> follow() {
    return alone(() -> {
      Room room = Room.of(engine);
      Optional<PlacementPin> held = pinned.read(room.fingerprint());
      if (room.places() == 0 || held.filter(pin -> !pin.isForAll()).isPresent()) {
        return Optional.empty();
      }
      return records
          .journal()
          .askedElsewhere(room.fingerprint(), planner.replica())
          .map(asked -> {
            long wanted =
                held.map(PlacementPin::version)
                    .orElseGet(() -> Objects.requireNonNull(asked.version()));
            return follow(asked, wanted, room);
          });
    });
  }

  private Outcome follow(PlacementEvent asked, long wanted, Room room) {
    PlacementVersion now = settled();
    PlacementVersion source = find(wanted, room);
    Instruction why =
        new Instruction(asked.by(), asked.reason())
            .because("follows %d of %s".formatted(source.id(), asked.replica()));
    PlacementVersion fitted = planner.fit(room, source, Author.OPERATOR, why);
    boolean here =
        now.id() != 0 && FittedPlacement.sameExperts(now.placement(), fitted.placement());
    Outcome outcome =
        here
            ? new Outcome(now, ResidencyChange.NONE)
            : inForce.bring(toFollow(asked.id(), source.id(), fitted));
    note(
        room,
        PlacementAction.FOLLOW,
        outcome.version().id(),
        why,
        here ? "the same experts were here already" : null,
        asked.id());
    return outcome;
  }

  private PlacementVersion toFollow(long event, long source, PlacementVersion fitted) {
    Followed last = followed;
    if (last != null
        && last.event() == event
        && last.source() == source
        && FittedPlacement.sameExperts(last.version().placement(), fitted.placement())) {
      return last.version();
    }
    PlacementVersion recorded = records.versions().record(fitted, PlacementAction.FOLLOW);
    followed = new Followed(event, source, recorded);
    return recorded;
  }

  /// The placement in force with nothing on its way: a correction that is, is undone. It would
  /// otherwise come into force after what is decided now.
  private PlacementVersion settled() {
    if (!correcting.isDone()) {
      inForce.bring(inForce.get());
    }
    return inForce.get();
  }

  private PlacementVersion earlier(long id, Room room, Instruction instruction) {
    Instruction why = instruction.because("rollback to " + id);
    return planner.fit(room, find(id, room), Author.OPERATOR, why);
  }

  private Outcome goBack(PlacementVersion fitted) {
    return inForce.bring(records.versions().record(fitted, PlacementAction.ROLLBACK));
  }

  private PlacementVersion find(long id, Room room) {
    PlacementVersion found =
        records.versions().find(id).orElseThrow(() -> new UnknownVersionException(id));
    if (!found.fingerprint().equals(room.fingerprint())) {
      throw new PlacementRefusedException(
          "version must be of the model that is served, got %d, which is of the model %s"
              .formatted(id, found.fingerprint()));
    }
    return found;
  }

  /// The placement in force as a version to hold: corrections within one have to become one of
  /// their own, and so has one that could not be recorded at the start.
  private PlacementVersion recorded(PlacementVersion now) {
    Optional<PlacementVersion> known =
        now.id() == 0 ? Optional.empty() : records.versions().find(now.id());
    if (known
        .filter(version -> FittedPlacement.sameExperts(version.placement(), now.placement()))
        .isPresent()) {
      return now;
    }
    String reason =
        now.id() == 0
            ? "could not be recorded before"
            : "%d as it was corrected".formatted(now.id());
    PlacementVersion version =
        new PlacementVersion(
            0,
            now.fingerprint(),
            planner.replica(),
            planner.now(),
            now.id() == 0 ? now.author() : Author.AUTOMATIC,
            now.windowStart(),
            now.windowEnd(),
            reason,
            now.placement());
    return inForce.bring(records.versions().record(version, PlacementAction.CORRECT)).version();
  }

  private PlacementPin pinOf(Room room, long id, boolean everywhere, Instruction instruction) {
    return new PlacementPin(
        room.fingerprint(),
        everywhere ? null : planner.replica(),
        id,
        instruction.by(),
        planner.now(),
        instruction.reason());
  }

  private void note(
      Room room,
      PlacementAction action,
      @Nullable Long version,
      Instruction instruction,
      @Nullable String detail,
      @Nullable Long followed) {
    records
        .journal()
        .note(
            new PlacementEvent(
                0,
                room.fingerprint(),
                planner.replica(),
                planner.now(),
                action,
                version,
                instruction.by(),
                instruction.reason(),
                detail,
                followed));
  }

  private void flush() {
    if (!store.flush(FLUSH_TIMEOUT)) {
      // Planning goes on: the database may be slow rather than down, and planning tells which.
      LOG.warn("The latest activations did not reach the database within {}", FLUSH_TIMEOUT);
    }
  }

  private <T> T alone(Supplier<T> change) {
    oneAtATime.lock();
    try {
      return change.get();
    } finally {
      oneAtATime.unlock();
    }
  }
}
