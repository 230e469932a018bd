package io.fiddler.tokenizer.chat;

/// A template as it stands in the model's files.
///
/// @param file it stands in
/// @param name among several of one file; `default` if there is one only
/// @param source Jinja
record ChatTemplate(String file, String name, String source) {
  static final String DEFAULT = "default";

  /// For messages.
  String title() {
    return name.equals(DEFAULT)
        ? "The model's chat template (%s)".formatted(file)
        : "The model's chat template \"%s\" (%s)".formatted(name, file);
  }
}
