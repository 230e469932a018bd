package io.fiddler.engine.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ResidentExpertsTest {
  private static final long NO_CAP = Long.MAX_VALUE;

  private final ResidencyRig rig = new ResidencyRig();
  private final ResidentExperts resident = rig.resident;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void lend_takesTheFrameOfTheExpertWorthLeast() {
    List<ExpertId> wanted = rig.experts(3, ResidencyRig.NUM_FRAMES);
    rig.start(rig.placement(1, wanted), NO_CAP);
    rig.finish();
    int frame = resident.lend();
    assertThat(resident.residency().experts())
        .containsExactlyInAnyOrderElementsOf(wanted.subList(0, 6));
    rig.requireSound(Set.of(frame), "one lent");
    assertThat(resident.lend()).isNotEqualTo(frame);
    assertThat(resident.residency().experts())
        .containsExactlyInAnyOrderElementsOf(wanted.subList(0, 5));
  }

  @Test
  void lend_takesAFreeFrameFirst_andZeroesIt() {
    rig.start(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), NO_CAP);
    rig.finish();
    rig.start(rig.placement(2, rig.experts(0, 3)), NO_CAP);
    rig.finish();
    long epoch = resident.residency().epoch();
    for (int i = 0; i < 4; i++) {
      int frame = resident.lend();
      MemorySegment bytes = resident.frame(frame).segment(MemoryKind.DEVICE);
      assertThat(bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)).containsOnly(0);
    }
    assertThat(resident.residency().epoch()).isEqualTo(epoch);
    assertThat(resident.residency().size()).isEqualTo(3);
  }

  @Test
  void takeBack_bringsTheBestMissingExpertBack() {
    List<ExpertId> wanted = rig.experts(0, ResidencyRig.NUM_FRAMES);
    CompletableFuture<Residency> placed = rig.begin(rig.placement(4, wanted), NO_CAP);
    rig.finish();
    assertThat(placed).isCompleted();
    int first = resident.lend();
    int second = resident.lend();
    resident.takeBack(first);
    rig.finish();
    assertThat(resident.residency().experts())
        .containsExactlyInAnyOrderElementsOf(wanted.subList(0, 6));
    resident.takeBack(second);
    rig.finish();
    assertThat(resident.residency().experts()).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(resident.residency().placementVersion()).isEqualTo(4);
    rig.requireBytes("all back");
  }

  @Test
  void begin_takesTheBestThatFit_whileFramesAreLent_andTheRestFollows() {
    rig.start(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), NO_CAP);
    rig.finish();
    int frame = resident.lend();
    List<ExpertId> wanted = rig.experts(9, ResidencyRig.NUM_FRAMES);
    CompletableFuture<Residency> placed = rig.begin(rig.placement(2, wanted), NO_CAP);
    rig.finish();
    assertThat(placed.join().experts()).containsExactlyInAnyOrderElementsOf(wanted.subList(0, 6));
    resident.takeBack(frame);
    rig.finish();
    assertThat(resident.residency().experts()).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void lend_givesUpWhatIsOnItsWay_whenItIsWorthLeast() {
    rig.start(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), NO_CAP);
    while (resident.residency().size() < ResidencyRig.NUM_FRAMES - 1) {
      resident.advance(NO_CAP);
    }
    resident.advance(64); // the last has begun
    int frame = resident.lend();
    rig.requireSound(Set.of(frame), "lent under an arrival");
    rig.finish();
    assertThat(resident.residency().experts())
        .containsExactlyInAnyOrderElementsOf(rig.experts(0, 6));
    rig.requireBytes("the rest is there");
  }

  @Test
  void advance_neverQueuesMoreThanItMay_andGoesOn() {
    CompletableFuture<Residency> placed =
        rig.begin(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), NO_CAP);
    long before = 0;
    while (resident.isChanging()) {
      resident.advance(1000);
      assertThat(resident.copiedBytes() - before).isBetween(0L, 1000L);
      before = resident.copiedBytes();
      Thread.onSpinWait();
    }
    assertThat(placed).isCompleted();
    assertThat(resident.copiedBytes()).isEqualTo(ResidencyRig.NUM_FRAMES * rig.expertBytes());
    rig.requireBytes("in small pieces");
  }

  @Test
  void advance_keepsTheCap_whateverStepsWouldAllow() {
    rig.start(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), 100_000);
    for (int milli = 0; resident.isChanging(); milli++) {
      rig.nanos += 1_000_000;
      resident.advance(NO_CAP);
      assertThat(resident.copiedBytes()).isLessThanOrEqualTo(100L * (milli + 1) + 1);
      rig.device().copy().record().await();
    }
    rig.requireBytes("under a cap");
  }

  @Test
  void givenUpPlacement_losesNoExpertAndNoFrame() {
    CompletableFuture<Residency> first =
        rig.begin(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), NO_CAP);
    resident.advance(64);
    CompletableFuture<Residency> second =
        rig.begin(rig.placement(2, rig.experts(5, ResidencyRig.NUM_FRAMES)), NO_CAP);
    assertThat(first).isCancelled();
    rig.finish();
    assertThat(second.join().experts())
        .containsExactlyInAnyOrderElementsOf(rig.experts(5, ResidencyRig.NUM_FRAMES));
    rig.requireSound(Set.of(), "after another placement");
    rig.requireBytes("after another placement");
  }

  /// Placements that overtake each other, steps that adopt or fail to, frames lent and returned: no
  /// frame has two owners, none is lost, every change shows in the epoch, and in the end there is
  /// what the last placement wants.
  @Test
  void simulation_neverLosesAnExpertOrAFrame() {
    for (long seed = 0; seed < 40; seed++) {
      simulate(seed);
    }
  }

  private void simulate(long seed) {
    Random random = new Random(seed);
    Deque<Integer> lent = new ArrayDeque<>();
    VersionedPlacement last = resident.placement();
    for (int step = 0; step < 400; step++) {
      String context = "seed %d, step %d".formatted(seed, step);
      Residency before = resident.residency();
      rig.nanos += random.nextInt(1_000_000);
      switch (random.nextInt(12)) {
        case 0 -> {
          last =
              rig.placement(
                  step, rig.shuffled(random, random.nextInt(ResidencyRig.NUM_FRAMES + 4)));
          rig.start(last, random.nextBoolean() ? NO_CAP : 1 + random.nextInt(1 << 28));
        }
        case 1 -> {
          if (lent.size() < ResidencyRig.NUM_FRAMES) {
            lent.add(resident.lend());
          }
        }
        case 2 -> {
          if (!lent.isEmpty()) {
            resident.takeBack(lent.remove());
          }
        }
        case 3, 4 -> adopt(random);
        default -> resident.advance(random.nextBoolean() ? NO_CAP : 1 + random.nextInt(4096));
      }
      rig.requireSound(new TreeSet<>(lent), context);
      if (!resident.residency().experts().equals(before.experts())) {
        assertThat(resident.residency().epoch()).as(context).isGreaterThan(before.epoch());
      }
      if (step % 50 == 0) {
        rig.requireBytes(context);
      }
    }
    if (!resident.isChanging() && !last.equals(resident.placement())) {
      throw new AssertionError("seed %d: the last placement got lost".formatted(seed));
    }
    rig.finish();
    while (!lent.isEmpty()) {
      resident.takeBack(lent.remove());
      rig.finish();
    }
    assertThat(resident.residency().experts())
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(
            last.placement().experts().stream()
                .limit(ResidencyRig.NUM_FRAMES)
                .map(scored -> scored.id())
                .toList());
    rig.requireBytes("seed " + seed);
  }

  /// As a step does: the copies are queued, the compute lane waits, then the expert stays; or not.
  private void adopt(Random random) {
    ExpertId id = rig.grid.at(random.nextInt(rig.grid.size()));
    Residency atStart = resident.residency();
    Adoption adoption = resident.adopt(id.layer(), id.expert());
    if (adoption == null) {
      return;
    }
    MemoryView frame = adoption.frame();
    rig.device().copy().copy(rig.onHost(id), frame);
    rig.device().compute().waitFor(rig.device().copy().record());
    if (random.nextInt(3) == 0) {
      adoption.abandon();
    } else {
      adoption.commit();
    }
    for (ExpertId was : atStart.experts()) {
      if (was.layer() >= id.layer()) {
        assertThat(resident.residency().isResident(was.layer(), was.expert()))
            .as("%s of a layer still to come leaves for %s", was, id)
            .isTrue();
      }
    }
  }
}
