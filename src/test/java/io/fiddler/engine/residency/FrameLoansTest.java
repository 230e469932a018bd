package io.fiddler.engine.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.kvcache.BlockTable;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FrameLoansTest {
  private static final int EACH = 3;
  private static final int MOST = 4;
  private static final long IDLE = 1000;

  private final ResidencyRig rig = new ResidencyRig();
  private final BlockPool pool = new BlockPool(2, 16);
  private final FrameLoans loans =
      new FrameLoans(
          rig.resident,
          pool,
          frame -> new BlockRange(10 + frame * 10, 2, EACH),
          new FrameLoans.Terms(MOST, EACH, IDLE),
          () -> rig.nanos);

  @BeforeEach
  void fill() {
    rig.start(rig.placement(1, rig.experts(0, ResidencyRig.NUM_FRAMES)), Long.MAX_VALUE);
    rig.finish();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void ask_borrowsAsManyFramesAsAreNeeded() {
    assertThat(loans.most()).isEqualTo(MOST * EACH);
    assertThat(loans.ask(4)).isTrue();
    assertThat(rig.resident.numLent()).isEqualTo(2);
    assertThat(pool.freeBlocks()).isEqualTo(2 + 2 * EACH);
  }

  @Test
  void ask_borrowsNothing_whenThatWouldNotDo() {
    assertThat(loans.ask(MOST * EACH + 1)).isFalse();
    assertThat(rig.resident.numLent()).isZero();
    assertThat(rig.resident.residency().size()).isEqualTo(ResidencyRig.NUM_FRAMES);
  }

  @Test
  void giveBack_waitsUntilAFrameHasBeenIdle_theLastBorrowedFirst() {
    loans.ask(2 * EACH);
    BlockTable longer = BlockTable.reserve(pool, 5 * 16);
    BlockTable shorter = BlockTable.reserve(pool, 3 * 16);
    assertThat(pool.freeBlocks()).isZero();
    loans.giveBack();
    shorter.close();
    assertThat(loans.nanosUntilReturn()).isEqualTo(IDLE);
    loans.giveBack();
    rig.nanos += IDLE - 1;
    loans.giveBack();
    assertThat(rig.resident.numLent()).isEqualTo(2);
    assertThat(loans.nanosUntilReturn()).isEqualTo(1);
    rig.nanos += 1;
    loans.giveBack();
    assertThat(rig.resident.numLent()).isEqualTo(1);
    longer.close();
    loans.giveBack();
    rig.nanos += IDLE;
    loans.giveBack();
    assertThat(rig.resident.numLent()).isZero();
    assertThat(pool.numBlocks()).isEqualTo(2);
    assertThat(loans.nanosUntilReturn()).isEqualTo(Long.MAX_VALUE);
    rig.finish();
    assertThat(rig.resident.residency().experts())
        .containsExactlyInAnyOrderElementsOf(rig.experts(0, ResidencyRig.NUM_FRAMES));
  }

  @Test
  void giveBack_beginsAnew_whenTheFrameWasOfUse() {
    loans.ask(EACH);
    loans.giveBack();
    rig.nanos += IDLE - 1;
    BlockTable table = BlockTable.reserve(pool, 5 * 16);
    loans.giveBack();
    table.close();
    rig.nanos += 1;
    loans.giveBack();
    assertThat(rig.resident.numLent()).isEqualTo(1);
  }

  @Test
  void giveBack_keepsWhatIsIdle_whileSomebodyWaitsForMore() {
    loans.ask(EACH);
    for (int i = 0; i < 5; i++) {
      loans.giveBack();
      assertThat(loans.ask(MOST * EACH)).isFalse();
      rig.nanos += IDLE;
    }
    loans.giveBack();
    assertThat(rig.resident.numLent()).isEqualTo(1);
  }

  @Test
  void blocks_areThoseOfTheFrames() {
    loans.ask(EACH);
    BlockTable table = BlockTable.reserve(pool, 5 * 16);
    List<Integer> ids = java.util.Arrays.stream(table.blocks()).boxed().toList();
    assertThat(ids).startsWith(0, 1).doesNotHaveDuplicates().hasSize(5);
    assertThat(ids.subList(2, 5)).allMatch(id -> id >= 10 && id % 2 == 0);
    table.close();
  }
}
