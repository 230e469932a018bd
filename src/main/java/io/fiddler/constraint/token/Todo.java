package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.Expression;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What must follow: an expression, and then the rest. An immutable list that shares its ends.
final class Todo {
  private final Expression expression;
  private final int room;
  private final @Nullable Todo rest;
  private final int hash;

  /// @param room levels of nesting that the expression may take
  /// @param rest null for nothing more
  Todo(Expression expression, int room, @Nullable Todo rest) {
    this.expression = expression;
    this.room = room;
    this.rest = rest;
    this.hash = 31 * (31 * expression.hashCode() + room) + Objects.hashCode(rest);
  }

  Expression expression() {
    return expression;
  }

  int room() {
    return room;
  }

  @Nullable Todo rest() {
    return rest;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Todo todo) || hash != todo.hash) {
      return false;
    }
    return room == todo.room
        && expression.equals(todo.expression)
        && Objects.equals(rest, todo.rest);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
