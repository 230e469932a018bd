package io.fiddler.constraint;

/// A JSON Schema that is wrong, that nothing can satisfy, or that asks for what is not supported.
public final class InvalidSchemaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String pointer;
  private final String rule;
  private final String got;

  /// @param pointer where in the schema, as a JSON pointer in a fragment: `#/properties/age`
  /// @param rule what must be so, a sentence's end: `minItems must be an integer of at least 0`
  /// @param got what was found there
  public InvalidSchemaException(String pointer, String rule, String got) {
    super("%s, got %s (at %s)".formatted(rule, got, pointer));
    this.pointer = pointer;
    this.rule = rule;
    this.got = got;
  }

  /// Where in the schema: `#/properties/age`.
  public String pointer() {
    return pointer;
  }

  /// What must be so.
  public String rule() {
    return rule;
  }

  /// What was found.
  public String got() {
    return got;
  }
}
