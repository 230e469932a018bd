package io.fiddler.constraint.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Thompson's automaton of a regular expression: states with either one edge for a set of
/// characters, or edges that need none.
final class Nfa {
  private final int maxStates;
  private final List<CharacterSet> sets = new ArrayList<>();
  private final List<int[]> targets = new ArrayList<>();
  private final int start;

  private static final int ACCEPT = 0;

  /// @throws RegexException if it needs more than `maxStates` states
  Nfa(Regex regex, int maxStates) {
    this.maxStates = maxStates;
    add(CharacterSet.NONE);
    this.start = build(regex, ACCEPT);
  }

  /// The states of the beginning.
  BitSet start() {
    BitSet states = new BitSet();
    close(start, states);
    return states;
  }

  boolean accepts(BitSet states) {
    return states.get(ACCEPT);
  }

  /// The characters that lead on from a state.
  CharacterSet characters(int state) {
    return sets.get(state);
  }

  /// Adds where the characters of a state lead.
  void addNext(int state, BitSet states) {
    close(targets.get(state)[0], states);
  }

  private void close(int state, BitSet states) {
    List<Integer> open = new ArrayList<>(List.of(state));
    while (!open.isEmpty()) {
      int next = open.removeLast();
      if (!states.get(next)) {
        states.set(next);
        if (sets.get(next).ranges().isEmpty()) {
          for (int target : targets.get(next)) {
            open.add(target);
          }
        }
      }
    }
  }

  private int add(CharacterSet set, int... next) {
    if (sets.size() >= maxStates) {
      throw new RegexException(
          "must need at most %d states, its repetitions written out".formatted(maxStates));
    }
    sets.add(set);
    targets.add(next);
    return sets.size() - 1;
  }

  /// The first state of what reads `regex` and goes on at `then`.
  private int build(Regex regex, int then) {
    return switch (regex) {
      // No character at all: nowhere.
      case Regex.One(CharacterSet set) ->
          set.ranges().isEmpty() ? add(CharacterSet.NONE) : add(set, then);
      case Regex.All(List<Regex> parts) -> {
        int next = then;
        for (int i = parts.size() - 1; i >= 0; i--) {
          next = build(parts.get(i), next);
        }
        yield next;
      }
      case Regex.Any(List<Regex> alternatives) ->
          add(
              CharacterSet.NONE,
              alternatives.stream().mapToInt(alternative -> build(alternative, then)).toArray());
      case Regex.Repeated repeated -> repeat(repeated, then);
    };
  }

  private int repeat(Regex.Repeated repeated, int then) {
    int next = then;
    if (repeated.max() == Integer.MAX_VALUE) {
      int loop = add(CharacterSet.NONE);
      targets.set(loop, new int[] {build(repeated.part(), loop), then});
      next = loop;
    } else {
      for (int i = repeated.min(); i < repeated.max(); i++) {
        next = add(CharacterSet.NONE, build(repeated.part(), next), then);
      }
    }
    for (int i = 0; i < repeated.min(); i++) {
      next = build(repeated.part(), next);
    }
    return next;
  }
}
