package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Nested;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import io.fiddler.constraint.expression.Residual;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects the readings that are possible without a further symbol: where a terminal may end, what
/// follows begins. An alternative that needs deeper nesting than there is room for is left out, so
/// that every reading can be completed.
final class ReadingCollector {
  private final Set<Reading> readings = new LinkedHashSet<>();
  private final Effort effort;

  /// What may begin next.
  private final Deque<Todo> open = new ArrayDeque<>();

  private boolean complete;

  /// @param effort what collecting may cost
  ReadingCollector(Effort effort) {
    this.effort = effort;
  }

  /// Adds a terminal that was read so far.
  void add(Residual residual, @Nullable Todo rest) {
    goOn(residual, rest);
    beginAll();
  }

  /// Adds a reading as it is.
  void read(Residual residual, @Nullable Todo rest) {
    if (readings.add(new Reading(residual, rest))) {
      effort.requireFew(readings.size());
    }
  }

  /// Adds what begins with `todo`.
  void begin(@Nullable Todo todo) {
    goOn(todo);
    beginAll();
  }

  private void goOn(Residual residual, @Nullable Todo rest) {
    if (residual.mayContinue()) {
      read(residual, rest);
    }
    if (residual.mayEnd()) {
      goOn(rest);
    }
  }

  private void goOn(@Nullable Todo todo) {
    if (todo == null) {
      complete = true;
    } else {
      open.push(todo);
    }
  }

  /// Not by recursion: as many properties as a schema has may follow each other without one that
  /// must come.
  private void beginAll() {
    while (!open.isEmpty()) {
      effort.spend(1);
      beginNext(open.pop());
    }
  }

  private void beginNext(Todo todo) {
    int room = todo.room();
    Todo rest = todo.rest();
    switch (todo.expression()) {
      case Terminal terminal -> goOn(terminal.start(), rest);
      case Sequence sequence -> {
        Todo parts = rest;
        for (int i = sequence.parts().size() - 1; i >= 0; i--) {
          parts = new Todo(sequence.parts().get(i), room, parts);
        }
        goOn(parts);
      }
      case Choice choice -> {
        // Backwards, so that the first is the next to be looked at.
        List<Expression> alternatives = choice.alternatives();
        for (int i = alternatives.size() - 1; i >= 0; i--) {
          if (alternatives.get(i).height() <= room) {
            open.push(new Todo(alternatives.get(i), room, rest));
          }
        }
      }
      case Nested nested -> open.push(new Todo(nested.body(), room - 1, rest));
      case Rule rule -> open.push(new Todo(rule.body(), room, rest));
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
