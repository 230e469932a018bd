package io.fiddler.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PlacementChangeTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(4, 0, 4, 4));

  @Test
  void change_copiesOnlyWhatIsMissing_bestFirst() {
    Residency residency =
        Residency.empty(GRID).with(new ExpertId(2, 3), 0).with(new ExpertId(0, 1), 1);
    PlacementChange change =
        PlacementChange.between(
            residency, placement(new ExpertId(3, 0), new ExpertId(0, 1), new ExpertId(0, 0)), 3);
    assertThat(change.evict()).containsExactly(new ExpertId(2, 3));
    assertThat(change.load()).containsExactly(new ExpertId(3, 0), new ExpertId(0, 0));
  }

  @Test
  void change_isEmpty_whenAllIsAsWanted() {
    Residency residency = Residency.empty(GRID).with(new ExpertId(0, 1), 0);
    assertThat(PlacementChange.between(residency, placement(new ExpertId(0, 1)), 5).isEmpty())
        .isTrue();
    assertThat(PlacementChange.between(Residency.empty(GRID), placement(), 0).isEmpty()).isTrue();
  }

  @Test
  void change_takesTheBest_whenThePlacementIsLargerThanTheDevice() {
    PlacementChange change =
        PlacementChange.between(
            Residency.empty(GRID),
            placement(new ExpertId(3, 3), new ExpertId(0, 0), new ExpertId(2, 2)),
            2);
    assertThat(change.load()).containsExactly(new ExpertId(3, 3), new ExpertId(0, 0));
  }

  @Test
  void change_isRefused_whenTheModelHasNoSuchExpert() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(
            () -> PlacementChange.between(Residency.empty(GRID), placement(new ExpertId(1, 0)), 2))
        .withMessage("expert must be in [0, 0) in layer 1, got 0");
  }

  @Test
  void change_isRefused_whenTheDeviceCannotHoldWhatIsThere() {
    Residency residency = Residency.empty(GRID).with(new ExpertId(0, 1), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlacementChange.between(residency, placement(), 0))
        .withMessage("capacity must be at least the 1 experts resident now, got 0");
  }

  @Test
  void changes_leadFromPlacementToPlacement_oneExpertAtATime() {
    long seed = 9;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      int capacity = random.nextInt(GRID.size() + 1);
      Residency residency = Residency.empty(GRID);
      for (int version = 1; version <= 10; version++) {
        Placement target = randomPlacement(random, capacity);
        String context = "seed %d round %d version %d".formatted(seed, round, version);
        residency = carriedOut(residency, target, capacity, context).following(version);
        Set<ExpertId> wanted = new HashSet<>();
        target.experts().forEach(expert -> wanted.add(expert.id()));
        assertThat(new HashSet<>(residency.experts())).as(context).isEqualTo(wanted);
      }
    }
  }

  /// Exchanges experts as {@link PlacementChange} describes.
  private static Residency carriedOut(
      Residency start, Placement target, int capacity, String context) {
    PlacementChange change = PlacementChange.between(start, target, capacity);
    TreeSet<Integer> free = new TreeSet<>();
    for (int frame = 0; frame < capacity; frame++) {
      free.add(frame);
    }
    start.experts().forEach(id -> free.remove(start.frameOf(id.layer(), id.expert())));
    Deque<ExpertId> evictions = new ArrayDeque<>(change.evict());
    Residency residency = start;
    for (ExpertId load : change.load()) {
      if (free.isEmpty()) {
        ExpertId evicted = evictions.remove();
        free.add(residency.frameOf(evicted.layer(), evicted.expert()));
        residency = residency.without(evicted);
      }
      assertThat(free).as(context).isNotEmpty();
      residency = residency.with(load, free.removeFirst());
    }
    for (ExpertId evicted : evictions) {
      residency = residency.without(evicted);
    }
    for (ExpertId stayed : start.experts()) {
      if (!change.evict().contains(stayed)) {
        assertThat(residency.frameOf(stayed.layer(), stayed.expert()))
            .as(context)
            .isEqualTo(start.frameOf(stayed.layer(), stayed.expert()));
      }
    }
    return residency;
  }

  private static Placement randomPlacement(SplittableRandom random, int capacity) {
    int size = random.nextInt(capacity + 1);
    Set<Integer> indices = new HashSet<>();
    while (indices.size() < size) {
      indices.add(random.nextInt(GRID.size()));
    }
    return placement(indices.stream().map(GRID::at).toArray(ExpertId[]::new));
  }

  private static Placement placement(ExpertId... ids) {
    return new Placement(
        Arrays.stream(ids).map(id -> new ScoredExpert(id, 0)).toList(),
        "test",
        Map.of(),
        new HitRateForecast(0, 0, 0));
  }
}
