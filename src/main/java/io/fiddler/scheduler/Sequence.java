package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of tokens whose keys and values are cached: a prompt, then what was generated. Belongs
/// to a {@link SequenceGroup}. Used from one thread.
///
/// Positions up to {@link #prefillTokens} are read in chunks, later ones come one by one, as their
/// tokens are chosen. A sequence that lost its blocks reads what it has generated like a longer
/// prompt.
public final class Sequence {
  private final SequenceGroup group;
  private final int[] prompt;
  private int[] generated;
  private int length;
  private int prefillTokens;
  private int computed;
  private int sharedTokens;
  private @Nullable BlockTable blocks;

  Sequence(SequenceGroup group, int[] prompt) {
    this.group = group;
    this.prompt = prompt;
    this.generated = new int[0];
    this.length = prompt.length;
    this.prefillTokens = prompt.length;
  }

  private Sequence(Sequence parent) {
    this.group = parent.group;
    this.prompt = parent.prompt;
    this.generated = parent.generated.clone();
    this.length = parent.length;
    this.prefillTokens = parent.prefillTokens;
    this.computed = parent.computed;
    this.blocks = parent.blocks().fork();
  }

  /// The group it runs with.
  public SequenceGroup group() {
    return group;
  }

  /// Tokens known: the prompt's and those generated, of which the last is to be computed.
  public int length() {
    return length;
  }

  /// The token at a position in `[0, length)`.
  public int token(int position) {
    return position < prompt.length ? prompt[position] : generated[position - prompt.length];
  }

  /// Length of the prompt.
  public int promptTokens() {
    return prompt.length;
  }

  /// Positions that are read in chunks.
  public int prefillTokens() {
    return prefillTokens;
  }

  /// Positions computed so far; also the position of the next row.
  public int computed() {
    return computed;
  }

  /// Whether positions are still to be read in chunks.
  public boolean isPrefilling() {
    return computed < prefillTokens;
  }

  /// The sequence's blocks.
  ///
  /// @throws IllegalStateException before it is admitted
  public BlockTable blocks() {
    if (blocks == null) {
      throw new IllegalStateException("the sequence has not been admitted");
    }
    return blocks;
  }

  /// Begins to read the positions from `from` up to `prefill` into `table`; those before are there,
  /// or will be when the group's first member has read them.
  void admit(BlockTable table, int from, int prefill) {
    blocks = table;
    prefillTokens = prefill;
    computed = from;
    sharedTokens = from;
  }

  /// Positions that it did not read itself.
  int sharedTokens() {
    return sharedTokens;
  }

  void advance(int rows) {
    computed += rows;
  }

  /// The next positions are there, in blocks of others: it need not read them itself.
  void take(int[] filled, int blockTokens) {
    blocks().replace(computed / blockTokens, filled);
    computed += filled.length * blockTokens;
    sharedTokens = computed;
  }

  /// A token follows.
  void append(int token) {
    int at = length++ - prompt.length;
    if (at == generated.length) {
      generated = Arrays.copyOf(generated, Math.max(16, 2 * at));
    }
    generated[at] = token;
  }

  /// Another sequence with the same past, whose blocks it shares.
  Sequence fork() {
    return new Sequence(this);
  }

  /// Gives the blocks back; everything must be computed again.
  void release() {
    if (blocks != null) {
      blocks.close();
      blocks = null;
    }
    computed = 0;
    sharedTokens = 0;
    prefillTokens = length;
  }

  /// Blocks that the next row takes.
  int missing() {
    return blocks().missing(computed, computed + 1);
  }

  /// Takes them.
  void write(List<BlockCopy> copies) {
    blocks().write(computed, computed + 1, copies);
  }
}
