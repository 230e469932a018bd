package io.fiddler.scale;

import io.fiddler.learning.Instruction;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.learning.Room;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.version.PlacementEvent;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The placement of a replica, as the service makes and follows it, without a device to bring it
/// to. Blocking.
final class FollowedPlacement {
  private final Room room;
  private final PlacementPlanner planner;
  private final PlacementRecords records;
  private final String replica;
  private final Runnable onFollowed;
  private final AtomicInteger followed = new AtomicInteger();

  /// @param onFollowed told whenever it took something over
  FollowedPlacement(
      Room room,
      PlacementPlanner planner,
      PlacementRecords records,
      String replica,
      Runnable onFollowed) {
    this.room = room;
    this.planner = planner;
    this.records = records;
    this.replica = replica;
    this.onFollowed = onFollowed;
  }

  /// Plans as at the start.
  PlacementVersion start() {
    return new StartupPlanning(planner, records).plan(room);
  }

  /// Plans for an operator, whom the others follow.
  PlacementVersion apply() {
    return records
        .turn()
        .take(
            room.fingerprint(),
            () ->
                records
                    .versions()
                    .record(
                        planner.plan(
                            room,
                            Optional.empty(),
                            Author.OPERATOR,
                            new Instruction("operator", "for all")),
                        PlacementAction.APPLY));
  }

  /// Follows what an operator did elsewhere, if there is anything new.
  void look() {
    records.pins().pinned(room.fingerprint(), replica);
    records.journal().askedElsewhere(room.fingerprint(), replica).ifPresent(this::follow);
  }

  private void follow(PlacementEvent asked) {
    PlacementVersion source =
        records.versions().find(Objects.requireNonNull(asked.version())).orElseThrow();
    Instruction because = new Instruction(asked.by(), "follows " + source.id());
    PlacementVersion own =
        records
            .versions()
            .record(planner.fit(room, source, Author.OPERATOR, because), PlacementAction.FOLLOW);
    records
        .journal()
        .note(
            new PlacementEvent(
                0,
                room.fingerprint(),
                replica,
                own.createdAt(),
                PlacementAction.FOLLOW,
                own.id(),
                asked.by(),
                because.reason(),
                null,
                asked.id()));
    followed.incrementAndGet();
    onFollowed.run();
  }

  /// How often it took over what was done elsewhere.
  int followed() {
    return followed.get();
  }
}
