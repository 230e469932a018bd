package io.fiddler.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The model's tokenizer under other names of its special tokens: names that are drawn at random
/// and never leave the process, so that a text from outside cannot hold one. Where only the texts
/// of this service write them, only they can make a special token; `<|im_end|>` in a message is the
/// characters it is made of. Everything else is tokenised by the same rules: a text without special
/// tokens has the same ids as ever. Thread-safe.
public final class SealedTokenizer implements AutoCloseable {
  /// Characters that no vocabulary splits in a way of its own, no template's whitespace control
  /// trims, and no normaliser changes.
  private static final String OPEN = "\uE0F1";

  private static final String CLOSE = "\uE0F2";
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_ ]*");

  private final Tokenizer tokenizer;
  private final Map<String, String> names;
  private final Map<String, String> literals;
  private final @Nullable Pattern special;
  private final @Nullable Pattern sealed;

  private SealedTokenizer(Tokenizer tokenizer, Map<String, String> names) {
    this.tokenizer = tokenizer;
    this.names = names;
    this.literals =
        names.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    // A token that reads like a word cannot be told from the word.
    this.special = anyOf(names.keySet().stream().filter(name -> !isWord(name)).toList());
    this.sealed = anyOf(List.copyOf(names.values()));
  }

  /// Reads a tokenizer.
  ///
  /// @param tokenizerJson path of `tokenizer.json`
  /// @throws TokenizerException if it cannot be read, or if the native library cannot be loaded
  public static SealedTokenizer of(Path tokenizerJson) {
    try {
      ObjectNode root =
          (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(tokenizerJson));
      Map<String, String> names = drawNames(root);
      byte[] renamed =
          JsonMapper.shared().writeValueAsBytes(new SpecialTokenNames(names).applyTo(root));
      return new SealedTokenizer(LibraryTokenizer.of(renamed, tokenizerJson, null), names);
    } catch (IOException | ClassCastException e) {
      throw new TokenizerException(
          "tokenizer cannot be read: %s (%s)".formatted(e.getMessage(), tokenizerJson), e);
    }
  }

  private static Map<String, String> drawNames(JsonNode root) {
    SecureRandom random = new SecureRandom();
    Map<String, String> names = new HashMap<>();
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asString("");
      if (added.path("special").asBoolean(false) && !content.isEmpty()) {
        String drawn = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
        names.put(content, OPEN + drawn + CLOSE);
      }
    }
    return names;
  }

  /// A text of this service with its special tokens sealed.
  public String seal(String text) {
    return replaced(special, text, name -> names.getOrDefault(name, name));
  }

  /// The sealed name of a special token; the token itself if it is none.
  public String sealToken(String token) {
    return names.getOrDefault(token, token);
  }

  /// A sealed text as it reads to others.
  public String open(String text) {
    return replaced(sealed, text, name -> literals.getOrDefault(name, name));
  }

  /// Token ids of a sealed text, with nothing put before it.
  public int[] encode(String text) {
    return tokenizer.encode(text, false);
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static boolean isWord(String name) {
    return WORD.matcher(name).matches();
  }

  private static String replaced(
      @Nullable Pattern pattern, String text, UnaryOperator<String> replacement) {
    return pattern == null
        ? text
        : pattern
            .matcher(text)
            .replaceAll(match -> Matcher.quoteReplacement(replacement.apply(match.group())));
  }

  /// The longest of those that match at a place counts, as in the library.
  private static @Nullable Pattern anyOf(List<String> literals) {
    return literals.isEmpty()
        ? null
        : Pattern.compile(
            literals.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }
}
