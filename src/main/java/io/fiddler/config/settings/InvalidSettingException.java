package io.fiddler.config.settings;

/// A setting that breaks its rule; ends the start with one sentence.
final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// For example `fiddler.host.threads must be at least 0, got -3`.
  InvalidSettingException(String key, String rule, Object got) {
    this("%s must be %s, got %s".formatted(key, rule, got));
  }

  /// With the whole sentence.
  InvalidSettingException(String sentence) {
    super(sentence);
  }
}
