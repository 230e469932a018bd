package io.fiddler.constraint.expression;

import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Nested;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import io.fiddler.constraint.expression.Expression.Terminal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;

/// Settles rules that refer to each other: how high each is, which takes knowing the others.
public final class Rules {
  private final Map<Rule, Integer> estimates = new LinkedHashMap<>();
  private final Map<Rule, List<Rule>> users = new HashMap<>();
  private IdentityHashMap<Expression, Integer> known = new IdentityHashMap<>();

  private Rules(List<Rule> rules) {
    rules.forEach(rule -> estimates.put(rule, Expression.INFINITE));
    rules.forEach(rule ->
        used(rule)
            .forEach(other -> users.computeIfAbsent(other, _ -> new ArrayList<>()).add(rule)));
  }

  /// Settles `rules`, all of which must be defined; they may contain settled ones.
  public static void settle(List<Rule> rules) {
    Rules settling = new Rules(rules);
    settling.estimate();
    settling.estimates.forEach(Rule::settle);
  }

  /// The rules that the body of a rule names.
  private static Set<Rule> used(Rule rule) {
    Set<Expression> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Rule> used = new LinkedHashSet<>();
    Deque<Expression> open = new ArrayDeque<>(List.of(rule.body()));
    while (!open.isEmpty()) {
      Expression next = open.pop();
      if (seen.add(next)) {
        switch (next) {
          case Terminal _ -> {}
          case Sequence sequence -> open.addAll(sequence.parts());
          case Choice choice -> open.addAll(choice.alternatives());
          case Nested nested -> open.add(nested.body());
          case Rule other -> used.add(other);
        }
      }
    }
    return used;
  }

  /// From "none is finite" down to the least fixed point: a rule is looked at again when one that
  /// it names has changed.
  private void estimate() {
    SequencedSet<Rule> open = new LinkedHashSet<>(estimates.keySet());
    while (!open.isEmpty()) {
      Rule rule = open.removeFirst();
      known = new IdentityHashMap<>();
      int height = height(rule.body());
      if (!Objects.equals(estimates.put(rule, height), height)) {
        open.addAll(users.getOrDefault(rule, List.of()));
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
