package io.fiddler.constraint.expression;

import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Nested;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settles rules that refer to each other: how high each is, which takes knowing the others.
public final class Rules {
  // In order: a rule that was made after those it refers to is right at once.
  private final Map<Rule, Integer> estimates = new LinkedHashMap<>();
  private IdentityHashMap<Expression, Integer> known = new IdentityHashMap<>();

  private Rules(List<Rule> rules) {
    rules.forEach(rule -> estimates.put(rule, Expression.INFINITE));
  }

  /// Settles `rules`, all of which must be defined; they may contain settled ones.
  public static void settle(List<Rule> rules) {
    Rules settling = new Rules(rules);
    settling.estimate();
    settling.estimates.forEach(Rule::settle);
  }

  /// From "none is finite" down to the least fixed point.
  private void estimate() {
    boolean changed = true;
    while (changed) {
      changed = false;
      known = new IdentityHashMap<>();
      for (Map.Entry<Rule, Integer> entry : estimates.entrySet()) {
        int height = height(entry.getKey().body());
        changed |= height != entry.getValue();
        entry.setValue(height);
      }
    }
  }

  private int height(Expression expression) {
    Integer height = known.get(expression);
    if (height == null) {
      height = compute(expression);
      known.put(expression, height);
    }
    return height;
  }

  private int compute(Expression expression) {
    return switch (expression) {
      case Terminal _ -> 0;
      case Sequence sequence -> sequence.parts().stream().mapToInt(this::height).max().orElse(0);
      case Choice choice ->
          choice.alternatives().stream().mapToInt(this::height).min().orElse(Expression.INFINITE);
      case Nested nested -> {
        int inner = height(nested.body());
        yield inner == Expression.INFINITE ? inner : inner + 1;
      }
      case Rule rule -> {
        Integer estimate = estimates.get(rule);
        yield estimate == null ? rule.height() : estimate;
      }
    };
  }
}
