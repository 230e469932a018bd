package io.fiddler.constraint;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import io.fiddler.constraint.expression.Literal;
import io.fiddler.constraint.expression.SpecialToken;
import java.util.List;

/// A form of text that answers can be held to. Immutable.
///
/// @param expression what it is made of
/// @param maxDepth levels of objects and arrays that it may nest
public record Grammar(Expression expression, int maxDepth) {
  /// @throws IllegalArgumentException if no text nested so little is of this form
  public Grammar {
    if (expression.height() > maxDepth) {
      throw new IllegalArgumentException(
          "a grammar must be satisfied by texts of at most %d levels".formatted(maxDepth));
    }
  }

  /// Exactly this text, which is not empty.
  public static Grammar literal(String text) {
    return new Grammar(new Terminal(Literal.of(text)), 0);
  }

  /// One special token, such as the one that begins a tool call.
  public static Grammar token(int tokenId) {
    return new Grammar(new Terminal(new SpecialToken(tokenId)), 0);
  }

  /// One after the other.
  public static Grammar sequence(List<Grammar> parts) {
    return new Grammar(
        new Sequence(parts.stream().map(Grammar::expression).toList()), depth(parts));
  }

  /// One of these, at least one. Alternatives may begin alike.
  public static Grammar choice(List<Grammar> alternatives) {
    return new Grammar(
        new Choice(alternatives.stream().map(Grammar::expression).toList()), depth(alternatives));
  }

  private static int depth(List<Grammar> grammars) {
    return grammars.stream().mapToInt(Grammar::maxDepth).max().orElse(0);
  }
}
