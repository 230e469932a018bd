package io.fiddler.config;

import io.fiddler.api.model.ServedModel;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.constraint.token.TokenConstraints;
import io.fiddler.constraint.token.TokenVocabulary;
import io.fiddler.model.ModelSource;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompts;
import io.fiddler.tokenizer.chat.ChatTemplateException;
import io.fiddler.tokenizer.chat.TemplateLimits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The model as the API serves it: its name at once, its tokenizer once that is loaded.
final class LoadedModel implements ServedModel, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

  private final FiddlerProperties properties;
  private final Instant created;
  private volatile @Nullable String ownName;
  private volatile @Nullable Tokenizer tokenizer;
  private volatile @Nullable ChatPrompts chat;
  private volatile @Nullable ChatTemplateException chatFailure;
  private @Nullable TokenConstraints constraints;

  LoadedModel(FiddlerProperties properties, Instant created) {
    this.properties = properties;
    this.created = created;
  }

  /// Reads the tokenizer; before the engine is ready, so that the first request finds it.
  ///
  /// @throws io.fiddler.model.ModelLoadException if the model cannot be found
  /// @throws io.fiddler.tokenizer.TokenizerException if its tokenizer cannot be read
  void loadTokenizer() {
    ModelSource source =
        ModelSources.of(
            properties.model().path(),
            properties.modelCache(),
            properties.host().effectiveThreads());
    ownName = source.name();
    source
        .tokenizerFile()
        .ifPresent(file -> {
          Tokenizer loaded = Tokenizer.of(file);
          tokenizer = loaded;
          loadChat(file, loaded);
        });
  }

  /// A template that cannot be used costs the chat, not the service.
  private void loadChat(Path tokenizerFile, Tokenizer loaded) {
    try {
      TemplateLimits limits = TemplateLimits.of(properties.api().templateTimeout());
      chat =
          ChatPrompts.beside(tokenizerFile, loaded, limits, Clock.system(ZoneId.systemDefault()))
              .orElse(null);
    } catch (ChatTemplateException e) {
      LOG.warn("Chat is not available: {}", e.getMessage());
      chatFailure = e;
    }
  }

  /// The configured name, else the model's own; until that is known, the end of its path.
  @Override
  public String name() {
    String known = ownName;
    return properties.model().servedName(known == null ? endOf(properties.model().path()) : known);
  }

  @Override
  public Instant created() {
    return created;
  }

  @Override
  public Optional<Tokenizer> tokenizer() {
    return Optional.ofNullable(tokenizer);
  }

  @Override
  public Optional<ChatPrompts> chat() {
    ChatTemplateException failure = chatFailure;
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(chat);
  }

  @Override
  public synchronized Optional<TokenConstraints> constraints() {
    Tokenizer loaded = tokenizer;
    if (constraints == null && loaded != null) {
      constraints = new TokenConstraints(TokenVocabulary.of(loaded));
    }
    return Optional.ofNullable(constraints);
  }

  @Override
  public void close() {
    ChatPrompts prompts = chat;
    chat = null;
    if (prompts != null) {
      prompts.close();
    }
    Tokenizer loaded = tokenizer;
    tokenizer = null;
    if (loaded != null) {
      loaded.close();
    }
  }

  private static String endOf(String path) {
    Path end = Path.of(path).getFileName();
    return end == null ? path : end.toString();
  }
}
