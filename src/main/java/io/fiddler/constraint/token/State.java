package io.fiddler.constraint.token;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// All readings of a text: the state of a deterministic automaton, whose transitions are kept once
/// they are known. Guarded by the {@link States} it belongs to.
final class State {
  private static final int BYTES = 0x100;

  private final Reading[] readings;
  private final boolean complete;
  private final int hash;

  private @Nullable State @Nullable [] byByte;
  private @Nullable Boolean loopsOnPlainText;

  /// @param complete whether the text is whole
  State(Reading[] readings, boolean complete) {
    this.readings = readings;
    this.complete = complete;
    this.hash = 2 * Arrays.hashCode(readings) + (complete ? 1 : 0);
  }

  Reading[] readings() {
    return readings;
  }

  /// Whether the text is whole.
  boolean isComplete() {
    return complete;
  }

  /// Whether nothing may follow.
  boolean isFinal() {
    return readings.length == 0;
  }

  /// After one more symbol; one without readings that is not complete if it may not come.
  State next(int symbol, States states) {
    if (symbol >= BYTES) {
      return compute(symbol, states);
    }
    if (byByte == null) {
      byByte = new State[BYTES];
    }
    State next = byByte[symbol];
    if (next == null) {
      next = compute(symbol, states);
      byByte[symbol] = next;
    }
    return next;
  }

  private State compute(int symbol, States states) {
    states.effort().spend(readings.length);
    ReadingCollector next = new ReadingCollector(states.effort());
    for (Reading reading : readings) {
      var residual = reading.residual().next(symbol);
      if (residual != null) {
        next.add(residual, reading.rest());
      }
    }
    return states.intern(next.state());
  }

  /// Whether nothing continues or ends it: the text is wrong.
  boolean isDead() {
    return readings.length == 0 && !complete;
  }

  /// Whether every {@linkplain TokenTrie#isPlain plain} byte leads back here.
  boolean loopsOnPlainText(States states) {
    Boolean known = loopsOnPlainText;
    if (known == null) {
      known = leadsBack(' ', states) && allPlainLoop(states);
      loopsOnPlainText = known;
    }
    return known;
  }

  @SuppressWarnings("ReferenceEquality") // each state is there once
  private boolean leadsBack(int b, States states) {
    return next(b, states) == this;
  }

  private boolean allPlainLoop(States states) {
    for (int b = 0; b < BYTES; b++) {
      if (TokenTrie.isPlain(b) && !leadsBack(b, states)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof State state
            && hash == state.hash
            && complete == state.complete
            && Arrays.equals(readings, state.readings));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
