package io.fiddler.sampling;

/// A sampling parameter that is out of range. Says in parts what its message says in a sentence, so
/// that an API with other spellings can name its own field.
public final class SamplingParameterException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String parameter;
  private final String rule;
  private final String got;

  SamplingParameterException(String parameter, String rule, String got) {
    super("%s must be %s, got %s".formatted(parameter, rule, got));
    this.parameter = parameter;
    this.rule = rule;
    this.got = got;
  }

  /// The component of {@link SamplingParameters}: `topP`.
  public String parameter() {
    return parameter;
  }

  /// What it must be: `in (0, 1]`.
  public String rule() {
    return rule;
  }

  /// What it was: `1.5`.
  public String got() {
    return got;
  }
}
