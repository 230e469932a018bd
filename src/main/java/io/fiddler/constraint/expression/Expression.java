package io.fiddler.constraint.expression;

import java.util.List;

/// A form of text. Immutable once its rules are settled ({@link Rule#settle}).
///
/// Expressions are compared by identity, terminals by what they accept: what two grammars have in
/// common they share.
public abstract sealed class Expression {
  /// The height of what nothing finite satisfies.
  public static final int INFINITE = Integer.MAX_VALUE;

  private int height = -1;

  private Expression() {}

  /// The least nesting ({@link Nested}) of any text of this form; {@link #INFINITE} if there is
  /// none.
  public final int height() {
    if (height < 0) {
      height = computeHeight();
    }
    return height;
  }

  abstract int computeHeight();

  /// Read by an automaton of its own.
  public static final class Terminal extends Expression {
    private final Residual start;

    public Terminal(Residual start) {
      this.start = start;
    }

    /// What is left before anything was read.
    public Residual start() {
      return start;
    }

    @Override
    int computeHeight() {
      return 0;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Terminal terminal && terminal.start.equals(start);
    }

    @Override
    public int hashCode() {
      return start.hashCode();
    }
  }

  /// One part after the other; none is the empty text.
  public static final class Sequence extends Expression {
    private final List<Expression> parts;

    public Sequence(List<Expression> parts) {
      this.parts = List.copyOf(parts);
    }

    /// The parts in order.
    public List<Expression> parts() {
      return parts;
    }

    @Override
    int computeHeight() {
      return parts.stream().mapToInt(Expression::height).max().orElse(0);
    }
  }

  /// One of several; at least one.
  public static final class Choice extends Expression {
    private final List<Expression> alternatives;

    public Choice(List<Expression> alternatives) {
      if (alternatives.isEmpty()) {
        throw new IllegalArgumentException("a choice needs an alternative");
      }
      this.alternatives = List.copyOf(alternatives);
    }

    /// The alternatives.
    public List<Expression> alternatives() {
      return alternatives;
    }

    @Override
    int computeHeight() {
      return alternatives.stream().mapToInt(Expression::height).min().orElse(INFINITE);
    }
  }

  /// One level deeper: what the limit on nesting counts.
  public static final class Nested extends Expression {
    private final Expression body;

    public Nested(Expression body) {
      this.body = body;
    }

    /// What stands a level deeper.
    public Expression body() {
      return body;
    }

    @Override
    int computeHeight() {
      int inner = body.height();
      return inner == INFINITE ? INFINITE : inner + 1;
    }
  }

  /// A form with a name, which may contain itself.
  public static final class Rule extends Expression {
    private final String name;
    private Expression body = this;
    private int settled = -1;

    /// @param name for people
    public Rule(String name) {
      this.name = name;
    }

    /// Says what it stands for; once.
    public void define(Expression definition) {
      if (body != this) {
        throw new IllegalStateException("rule %s is defined already".formatted(name));
      }
      body = definition;
    }

    /// What it stands for.
    public Expression body() {
      return body;
    }

    /// Its name.
    public String name() {
      return name;
    }

    void settle(int finalHeight) {
      settled = finalHeight;
    }

    @Override
    int computeHeight() {
      if (settled < 0) {
        throw new IllegalStateException("rule %s is not settled yet".formatted(name));
      }
      return settled;
    }
  }
}
