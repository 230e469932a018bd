package io.fiddler.constraint;

/// What a grammar may cost; larger ones are refused.
///
/// @param maxSchemaBytes most bytes of a schema, written without whitespace
/// @param maxDepth deepest nesting of a schema, and of the objects and arrays generated
/// @param maxElements most elements a grammar is made of: properties, alternatives, and every item
///   up to `maxItems`
/// @param maxStates most states of an automaton for one `pattern`
/// @param maxPatternSize most states and edges of the automata of all patterns of a schema
/// @param maxEnumValues most values of one `enum`
public record GrammarLimits(
    int maxSchemaBytes,
    int maxDepth,
    int maxElements,
    int maxStates,
    int maxPatternSize,
    int maxEnumValues) {
  /// 64 KiB, 32 levels, and what such a schema may reasonably need.
  public static final GrammarLimits DEFAULT = of(64 << 10, 32);

  public GrammarLimits {
    require("maxSchemaBytes", maxSchemaBytes);
    require("maxDepth", maxDepth);
    require("maxElements", maxElements);
    require("maxStates", maxStates);
    require("maxPatternSize", maxPatternSize);
    require("maxEnumValues", maxEnumValues);
  }

  /// Limits of a schema's text; the others follow.
  public static GrammarLimits of(int maxSchemaBytes, int maxDepth) {
    return new GrammarLimits(maxSchemaBytes, maxDepth, 20_000, 5_000, 200_000, 1_000);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
