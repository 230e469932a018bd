package io.fiddler.constraint.schema;

import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.expression.Expression.Rule;
import java.util.ArrayList;
import java.util.List;

/// Counts what a grammar is made of, and keeps its rules.
final class Elements {
  private final GrammarLimits limits;
  private final List<Rule> rules = new ArrayList<>();
  private int count;
  private int patterns;

  Elements(GrammarLimits limits) {
    this.limits = limits;
  }

  GrammarLimits limits() {
    return limits;
  }

  /// The rules in the order of their making.
  List<Rule> rules() {
    return rules;
  }

  /// Makes a rule.
  Rule rule(String name) {
    Rule rule = new Rule(name);
    rules.add(rule);
    return rule;
  }

  /// Counts further elements.
  void take(int more, Place place) {
    count += Math.min(more, limits.maxElements() + 1);
    if (count > limits.maxElements()) {
      throw place.wrongHere(
          "a schema must need at most %d elements, every property, alternative and item up to maxItems counted"
              .formatted(limits.maxElements()),
          "more");
    }
  }

  /// Counts the automaton of a further pattern.
  ///
  /// @param size states and edges
  void takePattern(int size, Place place) {
    patterns += size;
    if (patterns > limits.maxPatternSize()) {
      throw place.wrongHere(
          "the patterns of a schema must need at most %d states and ranges of characters together"
              .formatted(limits.maxPatternSize()),
          "more");
    }
  }
}
