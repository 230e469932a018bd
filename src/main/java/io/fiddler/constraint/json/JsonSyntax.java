package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Nested;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import io.fiddler.constraint.expression.Literal;
import io.fiddler.constraint.expression.Residual;
import io.fiddler.constraint.expression.Rules;
import java.util.Collection;
import java.util.List;

/// Expressions of JSON.
public final class JsonSyntax {
  /// Whitespace where a line may break.
  public static final Expression BREAK = new Terminal(new Gap.Break());

  /// Any string.
  public static final Expression STRING = new Terminal(JsonString.ANY);

  /// Any number.
  public static final Expression NUMBER = new Terminal(JsonNumber.ANY);

  /// `true` or `false`.
  public static final Expression BOOLEAN = choice(literal("true"), literal("false"));

  /// `null`.
  public static final Expression NULL = literal("null");

  /// Any value.
  public static final Expression VALUE;

  /// Any object.
  public static final Expression OBJECT;

  /// Any array.
  public static final Expression ARRAY;

  private static final Expression SPACE = new Terminal(new Gap.Space());

  static {
    Rule value = new Rule("value");
    Rule members = new Rule("members");
    Rule items = new Rule("items");
    Expression member = sequence(STRING, literal(":"), SPACE, value);
    members.define(rest("}", member, members));
    items.define(rest("]", value, items));
    OBJECT = container("{", choice(literal("}"), sequence(member, members)));
    ARRAY = container("[", choice(literal("]"), sequence(value, items)));
    value.define(choice(OBJECT, ARRAY, STRING, NUMBER, BOOLEAN, NULL));
    Rules.settle(List.of(members, items, value));
    VALUE = value;
  }

  private JsonSyntax() {}

  /// One text.
  public static Expression literal(String text) {
    return new Terminal(Literal.of(text));
  }

  /// What an automaton of its own reads.
  public static Expression terminal(Residual start) {
    return new Terminal(start);
  }

  public static Expression sequence(Expression... parts) {
    return new Sequence(List.of(parts));
  }

  public static Expression choice(Expression... alternatives) {
    return alternatives.length == 1 ? alternatives[0] : new Choice(List.of(alternatives));
  }

  /// An object or array.
  ///
  /// @param open its bracket
  /// @param inside all the rest, with the closing bracket
  public static Expression container(String open, Expression inside) {
    return new Nested(sequence(literal(open), BREAK, inside));
  }

  /// What comes after an element: the end, or a comma, an element and `then`.
  ///
  /// @param close the closing bracket
  public static Expression rest(String close, Expression element, Expression then) {
    return choice(end(close), next(element, then));
  }

  /// The end after an element.
  public static Expression end(String close) {
    return sequence(BREAK, literal(close));
  }

  /// A comma, an element and `then`.
  public static Expression next(Expression element, Expression then) {
    return sequence(literal(","), BREAK, element, then);
  }

  /// A property.
  ///
  /// @param name as JSON, with its quotation marks
  public static Expression member(String name, Expression value) {
    return sequence(literal(name + ":"), SPACE, value);
  }

  /// A property of any name but some.
  public static Expression otherMember(Collection<String> names, Expression value) {
    return sequence(terminal(new JsonString(OtherNames.than(names))), literal(":"), SPACE, value);
  }
}
