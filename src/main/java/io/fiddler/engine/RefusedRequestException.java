package io.fiddler.engine;

/// A request that the engine can never serve, however long it waits.
public final class RefusedRequestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final Parameter parameter;
  private final String rule;

  /// What of a request is at fault.
  public enum Parameter {
    PROMPT("promptTokens"),
    MAX_TOKENS("maxTokens"),
    BEAMS("beams");

    private final String text;

    Parameter(String text) {
      this.text = text;
    }
  }

  /// @param rule what it must be and is not, to be read after its name
  public RefusedRequestException(Parameter parameter, String rule) {
    super(parameter.text + " " + rule);
    this.parameter = parameter;
    this.rule = rule;
  }

  /// What is at fault.
  public Parameter parameter() {
    return parameter;
  }

  /// What it must be and is not, to be read after whatever name it has for who hears of it.
  public String rule() {
    return rule;
  }
}
