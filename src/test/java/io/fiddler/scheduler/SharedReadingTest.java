package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.PrefixChain;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Prompts that begin alike are computed once, whoever else comes and goes.
final class SharedReadingTest {
  private static final int BLOCK = 4;

  private final BlockPool pool = new BlockPool(400, BLOCK);
  private final Scheduler scheduler = new Scheduler(pool, 16, 16);

  @Test
  void siblings_waitForTheFirst_andComputeTheirLastBlockOnly() {
    List<SequenceGroup> siblings =
        IntStream.range(0, 8).mapToObj(_ -> submitted("a", prompt(0, 101))).toList();

    // 101 positions of the first, of each other the one behind 25 full blocks.
    assertThat(rowsUntilAllAreRead(siblings)).isEqualTo(101 + 7);

    assertThat(siblings)
        .extracting(SequenceGroup::cachedPromptTokens)
        .containsExactly(0, 100, 100, 100, 100, 100, 100, 100);
    assertThat(scheduler.cachedTokens()).isEqualTo(700);
    assertThat(pool.numBlocks() - pool.freeBlocks()).as("blocks held").isLessThan(25 + 8 * 2);
    siblings.forEach(scheduler::remove);
    assertThat(scheduler.freeBlocks()).isEqualTo(400);
  }

  @Test
  void others_areNotWaitedFor_andDoNotWait() {
    SequenceGroup first = submitted("a", prompt(0, 64));
    SequenceGroup sibling = submitted("a", prompt(0, 64));
    SequenceGroup foreign = submitted("b", prompt(0, 64));
    SequenceGroup different = submitted("a", prompt(9, 64));

    assertThat(scheduler.next(0).chunks())
        .extracting(Chunk::sequence)
        .containsExactly(only(first), only(foreign), only(different))
        .doesNotContain(only(sibling));
  }

  @Test
  void sibling_readsOnItself_whenTheFirstLeaves() {
    SequenceGroup first = submitted("a", prompt(0, 64));
    SequenceGroup sibling = submitted("a", prompt(0, 64));
    scheduler.done(scheduler.next(0));
    scheduler.remove(first);

    assertThat(scheduler.next(0).chunks()).containsExactly(new Chunk(only(sibling), 16, 16));
  }

  @Test
  void simulation_everybodyIsRead_andNoBlockIsLost() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Scheduler few = new Scheduler(new BlockPool(24, BLOCK), 8, 8 + random.nextInt(24));
      List<SequenceGroup> here = new ArrayList<>();
      List<SequenceGroup> all = new ArrayList<>();
      for (int step = 0; step < 3_000 && (step < 200 || !here.isEmpty()); step++) {
        if (step < 200 && random.nextInt(3) == 0) {
          int[] prompt = prompt(random.nextInt(2), 1 + random.nextInt(60));
          SequenceGroup group = group("a", prompt, 1 + random.nextInt(9));
          few.submit(group);
          here.add(group);
          all.add(group);
        }
        if (!here.isEmpty() && random.nextInt(20) == 0) {
          few.remove(here.remove(random.nextInt(here.size())));
        }
        Batch batch = few.next(step);
        assertThat(batch.chunks().isEmpty())
            .as("seed %d, %s", seed, here)
            .isEqualTo(here.isEmpty());
        few.done(batch);
        assertThat(here)
            .as("seed %d: found of each prompt, set back or not", seed)
            .allMatch(group -> group.cachedPromptTokens() < group.promptTokens());
        for (SequenceGroup group : List.copyOf(here)) {
          if (group.isReady()) {
            if (only(group).length() >= group.maxPositions()) {
              few.remove(group);
              here.remove(group);
            } else {
              group.proceed(random.nextInt(3));
            }
          }
        }
      }
      assertThat(here).as("seed %d", seed).isEmpty();
      assertThat(few.freeBlocks()).as("seed %d", seed).isEqualTo(24);
      assertThat(few.cachedTokens())
          .as("seed %d: found in all", seed)
          .isEqualTo(all.stream().mapToLong(SequenceGroup::cachedPromptTokens).sum());
    }
  }

  /// Two that generate take block after block, until the sibling, then the first lose theirs, and
  /// nothing that those had read is left.
  @Test
  void sibling_foundWhatItFoundAtFirst_whenItIsSetBackAndFindsItAllAgain() {
    Scheduler tight = new Scheduler(new BlockPool(45, BLOCK), 16, 16, 1);
    SequenceGroup first = group("a", prompt(0, 80), 2);
    SequenceGroup sibling = group("a", prompt(0, 80), 2);
    List<SequenceGroup> here = new ArrayList<>();
    here.add(group("b", prompt(1, 1), 88));
    here.add(group("c", prompt(2, 1), 88));
    here.add(first);
    here.add(sibling);
    here.forEach(tight::submit);
    int mostRead = 0;
    for (int step = 0; here.contains(sibling); step++) {
      assertThat(step).as("steps").isLessThan(200);
      tight.done(tight.next(step));
      mostRead = Math.max(mostRead, tight.setBacks() == 0 ? only(sibling).computed() : 0);
      goOnOrEnd(tight, here);
    }
    assertThat(tight.setBacks()).isEqualTo(2);
    assertThat(sibling.cachedPromptTokens()).isEqualTo(mostRead).isPositive();
    assertThat(tight.cachedTokens()).isEqualTo(mostRead);
  }

  private static void goOnOrEnd(Scheduler scheduler, List<SequenceGroup> here) {
    for (SequenceGroup group : List.copyOf(here)) {
      if (group.isReady() && only(group).length() < group.maxPositions()) {
        group.proceed(1);
      } else if (group.isReady()) {
        scheduler.remove(group);
        here.remove(group);
      }
    }
  }

  /// Rows of prompts.
  private int rowsUntilAllAreRead(List<SequenceGroup> groups) {
    int rows = 0;
    for (int step = 0; groups.stream().anyMatch(group -> only(group).isPrefilling()); step++) {
      assertThat(step).as("steps").isLessThan(50);
      Batch batch = scheduler.next(step);
      rows += batch.chunks().stream().filter(Chunk::isPrefill).mapToInt(Chunk::count).sum();
      scheduler.done(batch);
      groups.stream().filter(SequenceGroup::isReady).forEach(ready -> ready.proceed(1));
    }
    return rows;
  }

  private SequenceGroup submitted(String space, int[] prompt) {
    SequenceGroup group = group(space, prompt, 50);
    scheduler.submit(group);
    return group;
  }

  private static SequenceGroup group(String space, int[] prompt, int maxNewTokens) {
    return new SequenceGroup(
        prompt, maxNewTokens, 1, Standing.ORDINARY, new PrefixChain(space, BLOCK), true);
  }

  private static int[] prompt(int token, int length) {
    int[] prompt = new int[length];
    Arrays.fill(prompt, token);
    return prompt;
  }

  private static Sequence only(SequenceGroup group) {
    return group.members().getFirst();
  }
}
