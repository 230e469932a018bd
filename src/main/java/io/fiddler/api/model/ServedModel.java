package io.fiddler.api.model;

import io.fiddler.constraint.token.TokenConstraints;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompts;
import java.time.Instant;
import java.util.Optional;

/// The model as clients see it. Its name is known from the start of the service, its tokenizer once
/// the engine is ready. Thread-safe.
public interface ServedModel {
  /// What clients put into `model`.
  String name();

  /// Since when it is served.
  Instant created();

  /// Its tokenizer; empty if its directory has none (prompts are token ids then).
  Optional<Tokenizer> tokenizer();

  /// Makes prompts of conversations; empty if its directory has no chat template.
  ///
  /// @throws io.fiddler.tokenizer.chat.ChatTemplateException if it has one that cannot be used
  Optional<ChatPrompts> chat();

  /// Lays grammars over its vocabulary; empty without a tokenizer. The first call takes as long as
  /// the vocabulary is large, up to a second.
  ///
  /// @throws io.fiddler.constraint.token.UnsupportedVocabularyException if that cannot be done
  Optional<TokenConstraints> constraints();
}
