package io.fiddler.config.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// The model that is served.
///
/// @param path Hugging Face model directory, tiny-moe for the embedded model, or
///   synthetic:mixtral-8x7b?layers=3&seed=1 for random weights of that shape.
/// @param name Name the model is served under; the model's own name if empty.
public record ModelProperties(
    @DefaultValue("tiny-moe") String path, @DefaultValue("") String name) {
  public ModelProperties {
    path = Rules.notBlank("fiddler.model.path", path);
    name = name.strip();
  }

  /// The name it is served under, given the model's own.
  public String servedName(String ownName) {
    return name.isEmpty() ? ownName : name;
  }
}
