package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Nested;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import io.fiddler.constraint.expression.Residual;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects the readings that are possible without a further symbol: where a terminal may end, what
/// follows begins. An alternative that needs deeper nesting than there is room for is left out, so
/// that every reading can be completed.
final class ReadingCollector {
  private final Set<Reading> readings = new LinkedHashSet<>();
  private boolean complete;

  /// Adds a terminal that was read so far.
  void add(Residual residual, @Nullable Todo rest) {
    if (residual.mayContinue()) {
      read(residual, rest);
    }
    if (residual.mayEnd()) {
      begin(rest);
    }
  }

  /// Adds a reading as it is.
  void read(Residual residual, @Nullable Todo rest) {
    readings.add(new Reading(residual, rest));
  }

  /// Adds what begins with `todo`.
  void begin(@Nullable Todo todo) {
    if (todo == null) {
      complete = true;
      return;
    }
    begin(todo.expression(), todo.room(), todo.rest());
  }

  private void begin(Expression expression, int room, @Nullable Todo rest) {
    switch (expression) {
      case Terminal terminal -> add(terminal.start(), rest);
      case Sequence sequence -> {
        Todo todo = rest;
        for (int i = sequence.parts().size() - 1; i >= 0; i--) {
          todo = new Todo(sequence.parts().get(i), room, todo);
        }
        begin(todo);
      }
      case Choice choice -> {
        for (Expression alternative : choice.alternatives()) {
          if (alternative.height() <= room) {
            begin(alternative, room, rest);
          }
        }
      }
      case Nested nested -> begin(nested.body(), room - 1, rest);
      case Rule rule -> begin(rule.body(), room, rest);
    }
  }

  /// The state of these readings.
  State state() {
    return state(complete);
  }

  /// The state of these readings, complete or not.
  State state(boolean isComplete) {
    return new State(readings.toArray(new Reading[0]), isComplete);
  }
}
