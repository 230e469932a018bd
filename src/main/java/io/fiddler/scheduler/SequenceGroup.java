package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockTable;
import io.fiddler.kvcache.PrefixChain;
import io.fiddler.kvcache.PrefixIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the scheduler knows of a generation: one sequence, or several that continue the same prompt
/// (beams). They are admitted, set back and removed together. Used from one thread.
///
/// A group begins with one member, which reads the prompt. After each step in which every member's
/// last token was computed ({@link #isReady}), {@link #proceed} says which members come next: each
/// continues one of the present members by one token, several may continue the same, and those that
/// nobody continues are given up. Continuations share their blocks; who writes to a shared one
/// first gets a copy ({@link Batch#copies}). In a step either all members of a group that has read
/// its prompt take part, or none.
///
/// When blocks run out, a group may be set back: it loses all blocks and, admitted again, its first
/// member reads the prompt again, the others share its full blocks, and each reads its own tokens.
/// Members, their order and tokens stay as they were; nobody needs to notice.
public final class SequenceGroup {
  /// By rank, those that came first before others of the same.
  static final Comparator<SequenceGroup> BY_RANK =
      Comparator.comparingDouble(SequenceGroup::rank).thenComparingLong(group -> group.order);

  private final int promptTokens;
  private final int maxNewTokens;
  private final int width;
  private final Standing standing;
  private final @Nullable PrefixUse prefix;
  private final List<Sequence> members = new ArrayList<>();
  private long order;
  private double rank;
  private boolean setBack;
  private boolean everSetBack;
  private int cachedPromptTokens;

  /// A group of one sequence, of which nothing has been computed, and that shares nothing.
  public SequenceGroup(int[] prompt, int maxNewTokens, Standing standing) {
    this(prompt, maxNewTokens, 1, standing, null, false);
  }

  /// The same with up to `width` members at a time.
  public SequenceGroup(int[] prompt, int maxNewTokens, int width, Standing standing) {
    this(prompt, maxNewTokens, width, standing, null, false);
  }

  /// A group that nothing has been computed of.
  ///
  /// @param prompt token ids, at least one; not to be changed any more
  /// @param maxNewTokens most tokens to generate
  /// @param width most members at a time
  /// @param chain a new one, whose space may share full blocks; null to share none
  /// @param takesCached whether it takes blocks that others have computed; if not, it only leaves
  ///   its own to others
  public SequenceGroup(
      int[] prompt,
      int maxNewTokens,
      int width,
      Standing standing,
      @Nullable PrefixChain chain,
      boolean takesCached) {
    if (prompt.length < 1 || maxNewTokens < 0 || width < 1) {
      throw new IllegalArgumentException(
          "a prompt and a width must be of at least 1 and maxNewTokens not negative, got %d, %d, %d"
              .formatted(prompt.length, width, maxNewTokens));
    }
    this.promptTokens = prompt.length;
    this.maxNewTokens = maxNewTokens;
    this.width = width;
    this.standing = standing;
    this.prefix = chain == null ? null : new PrefixUse(chain, takesCached);
    members.add(new Sequence(this, prompt));
    if (chain != null) {
      // Here, off the thread that computes, since a long prompt takes a while.
      chain.extend(prompt.length, position -> prompt[position]);
    }
  }

  /// Who waits for it.
  public Standing standing() {
    return standing;
  }

  /// The sequences, in the order that the last {@link #proceed} gave them.
  public List<Sequence> members() {
    return List.copyOf(members);
  }

  /// Most members at a time.
  public int width() {
    return width;
  }

  /// Length of the prompt.
  public int promptTokens() {
    return promptTokens;
  }

  /// Positions whose keys and values may have to be cached for a member. The last token generated
  /// is never fed back.
  public int maxPositions() {
    return promptTokens + Math.max(0, maxNewTokens - 1);
  }

  /// Whether the last token of every member is computed: its logits are there, and {@link #proceed}
  /// is due.
  public boolean isReady() {
    return members.stream().allMatch(member -> member.computed() == member.length());
  }

  /// The only member goes on with `token`.
  ///
  /// @throws IllegalStateException if it is not ready, or not the only one
  public void proceed(int token) {
    if (members.size() != 1) {
      throw new IllegalStateException(
          "a group of %d must say who goes on".formatted(members.size()));
    }
    proceed(new int[] {0}, new int[] {token});
  }

  /// The next members: the one at `i` continues the present one at `parents[i]` with `tokens[i]`.
  /// The first that continues a member is that same object, further ones are new.
  ///
  /// @throws IllegalStateException if the group is not ready
  /// @throws IllegalArgumentException if there are none, more than the width, or not as many tokens
  public void proceed(int[] parents, int[] tokens) {
    if (!isReady()) {
      throw new IllegalStateException("a group goes on when its last tokens have been computed");
    }
    if (parents.length < 1 || parents.length > width || parents.length != tokens.length) {
      throw new IllegalArgumentException(
          "a group goes on with 1 to %d members, got %d parents and %d tokens"
              .formatted(width, parents.length, tokens.length));
    }
    boolean[] continued = new boolean[members.size()];
    List<Sequence> next = new ArrayList<>(parents.length);
    for (int parent : parents) {
      next.add(continued[parent] ? members.get(parent).fork() : members.get(parent));
      continued[parent] = true;
    }
    for (int i = 0; i < continued.length; i++) {
      if (!continued[i]) {
        members.get(i).release();
      }
    }
    // After all forks: they must not see a sibling's token.
    for (int i = 0; i < tokens.length; i++) {
      next.get(i).append(tokens[i]);
    }
    members.clear();
    members.addAll(next);
  }

  /// From now on it takes no blocks that others have computed.
  public void takeNothing() {
    if (prefix != null) {
      prefix.takeNothing();
    }
  }

  /// Tokens of the prompt that were found in the cache before it was ever set back: what it finds
  /// again later it may have read itself.
  public int cachedPromptTokens() {
    return cachedPromptTokens;
  }

  /// It is queued.
  ///
  /// @param number larger than that of all who came before
  void arrive(long number, SchedulerOptions options) {
    order = number;
    rank = standing.arrivedNanos() - options.headStartNanos(standing.priority());
  }

  /// When it came, less the head start of its priority: whoever waits is passed by ever fewer.
  double rank() {
    return rank;
  }

  /// Whether it waits to go on.
  boolean wasSetBack() {
    return setBack;
  }

  void markSetBack() {
    setBack = true;
    everSetBack = true;
  }

  /// Whether members have positions to be read in chunks.
  boolean isPrefilling() {
    return members.stream().anyMatch(Sequence::isPrefilling);
  }

  /// Whether a member may read on: what it shares with the first has been read.
  boolean mayRead(Sequence member) {
    return member.isPrefilling() && members.getFirst().computed() >= member.sharedTokens();
  }

  /// Blocks of `pool` that {@link #admit} puts into tables.
  int blocksToAdmit(BlockPool pool) {
    int shared = promptTokens / pool.blockTokens();
    int blocks = pool.blocksFor(members.getFirst().length());
    for (Sequence member : members.subList(1, members.size())) {
      blocks += pool.blocksFor(member.length()) - shared;
    }
    return blocks;
  }

  /// Takes the blocks that it begins with, as far as others have left them.
  int[] takeCached(PrefixIndex prefixes, int blockTokens) {
    return prefix == null ? new int[0] : prefix.take(prefixes, members.getFirst(), blockTokens);
  }

  /// Takes the blocks that it would fill next, if others have filled them meanwhile.
  ///
  /// @return how many more {@link #cachedPromptTokens} these make
  int takeFilled(PrefixIndex prefixes, int blockTokens) {
    Sequence first = members.getFirst();
    if (prefix == null || members.size() > 1 || !first.isPrefilling()) {
      return 0;
    }
    int[] filled = prefix.take(prefixes, first, blockTokens);
    first.take(filled, blockTokens);
    return found(filled.length * blockTokens);
  }

  private int found(int positions) {
    int counted = everSetBack ? 0 : positions;
    cachedPromptTokens += counted;
    return counted;
  }

  /// Whether it had better wait for what another group reads just now.
  boolean waitsFor(SequenceGroup other, int blockTokens) {
    return prefix != null
        && other.prefix != null
        && members.size() == 1
        && other.isPrefilling()
        && prefix.waitsFor(other.prefix, members.getFirst(), other.members.getFirst(), blockTokens);
  }

  /// Takes the blocks of everything there is to read, the first ones being `cached`.
  ///
  /// @return how many more {@link #cachedPromptTokens} these make
  int admit(BlockPool pool, int[] cached) {
    int cachedTokens = cached.length * pool.blockTokens();
    int shared = promptTokens / pool.blockTokens() * pool.blockTokens();
    boolean alone = members.size() == 1;
    BlockTable table = BlockTable.of(pool, cached);
    table.grow(members.getFirst().length());
    for (Sequence member : members) {
      // Where there are several, their last tokens must be computed in one step: as if decoding.
      int prefill = alone ? member.length() : member.length() - 1;
      if (member == members.getFirst()) {
        member.admit(table, cachedTokens, prefill);
      } else {
        BlockTable own = table.fork(shared);
        own.grow(member.length());
        member.admit(own, shared, prefill);
      }
    }
    setBack = false;
    return found(cachedTokens);
  }

  /// Lets others find the blocks that a member has filled since `from`: all of one that is alone,
  /// of several those of the prompt.
  void keepFull(Sequence member, int from, PrefixIndex prefixes, int blockTokens) {
    if (prefix != null && member == members.getFirst()) {
      int end = width == 1 ? member.computed() : Math.min(promptTokens, member.computed());
      prefix.leave(prefixes, member, from, end, blockTokens);
    }
  }

  /// Gives all blocks back.
  void release() {
    members.forEach(Sequence::release);
  }

  /// Most positions that the group can come to hold at once: members share the full blocks of the
  /// prompt.
  int mostPositions(int blockTokens) {
    int shared = width == 1 ? 0 : promptTokens / blockTokens * blockTokens;
    return shared + width * (maxPositions() - shared);
  }

  /// The blocks of these.
  int mostBlocks(int blockTokens) {
    int shared = width == 1 ? 0 : promptTokens / blockTokens;
    return shared + width * (Math.ceilDiv(maxPositions(), blockTokens) - shared);
  }
}
