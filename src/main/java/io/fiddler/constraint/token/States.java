package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.Residual;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// States of the automata of all grammars, each once, and the masks of some. Bounded: when there
/// are too many states all are forgotten, and found again where they are still needed. Not
/// thread-safe.
final class States {
  /// A state that has been left takes about a kilobyte.
  private static final int MAX_STATES = 16_384;

  /// Of all states; most have fewer than ten.
  private static final int MAX_READINGS = 500_000;

  private final Map<State, State> states = new HashMap<>();
  private final Effort effort = new Effort();
  private int readings;
  private final Runnable onForget;

  /// @param onForget told before all states are forgotten
  States(Runnable onForget) {
    this.onForget = onForget;
  }

  /// What the token that is looked at may cost.
  Effort effort() {
    return effort;
  }

  /// Where a text that begins with `todo` begins.
  State start(@Nullable Todo todo) {
    ReadingCollector collector = new ReadingCollector(effort);
    collector.begin(todo);
    return intern(collector.state());
  }

  /// The one state that equals `state`.
  State intern(State state) {
    State known = states.putIfAbsent(state, state);
    if (known != null) {
      return known;
    }
    readings += state.readings().length;
    if (states.size() > MAX_STATES || readings > MAX_READINGS) {
      onForget.run();
      states.clear();
      states.put(state, state);
      readings = state.readings().length;
    }
    return state;
  }

  /// A state that is the same for the next `bytes` bytes, preferably one that many share.
  State within(int bytes, State state) {
    ReadingCollector collector = new ReadingCollector(effort);
    boolean changed = false;
    for (Reading reading : state.readings()) {
      Residual shared = reading.residual().within(bytes);
      changed |= !shared.equals(reading.residual());
      collector.read(shared, reading.rest());
    }
    return changed ? intern(collector.state(state.isComplete())) : state;
  }
}
