package io.fiddler.bench.profile;

import io.fiddler.engine.file.InvalidFileException;
import io.fiddler.safetensors.JsonReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads prompts: lines of JSON, each a text, `{"prompt": "..."}` or `{"prompt_tokens": [1, 2]}`,
/// with `max_tokens` and `tenant` if wanted; or one JSON array of such. Other fields are passed
/// over, so that request logs of other servers can be used.
public final class PromptFile {
  private static final int MOST_TOLD = 10;

  private final List<Prompt> prompts = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  private PromptFile() {}

  /// The prompts of a file, at least one.
  ///
  /// @throws InvalidFileException if it cannot be read, has none, or has lines that are no prompts;
  ///   these are told by their numbers
  public static List<Prompt> read(Path file) {
    PromptFile read = new PromptFile();
    String content = content(file);
    if (content.stripLeading().startsWith("[")) {
      read.array(content);
    } else {
      read.lines(content);
    }
    if (!read.wrong.isEmpty()) {
      throw new InvalidFileException(file + ": " + read.wrongLines());
    }
    if (read.prompts.isEmpty()) {
      throw new InvalidFileException(file + " must have at least one prompt, got none");
    }
    return List.copyOf(read.prompts);
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new InvalidFileException("there is no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new InvalidFileException(file + " must be UTF-8 text, but is not", e);
    } catch (IOException e) {
      throw new InvalidFileException("%s cannot be read: %s".formatted(file, e), e);
    }
  }

  private String wrongLines() {
    List<String> told = wrong.subList(0, Math.min(MOST_TOLD, wrong.size()));
    return String.join("; ", told)
        + (told.size() < wrong.size() ? "; and %d more".formatted(wrong.size() - told.size()) : "");
  }

  private void array(String content) {
    try {
      JsonNode array = JsonMapper.shared().readTree(content);
      for (int i = 0; i < array.size(); i++) {
        add("entry " + (i + 1), array.get(i));
      }
    } catch (JacksonException e) {
      wrong.add("it is not valid JSON: " + JsonReason.of(e));
    }
  }

  private void lines(String content) {
    int number = 0;
    for (String line : content.lines().toList()) {
      number++;
      if (!line.isBlank()) {
        String place = "line " + number;
        try {
          add(place, JsonMapper.shared().readTree(line));
        } catch (JacksonException e) {
          wrong.add("%s is not valid JSON: %s".formatted(place, JsonReason.of(e)));
        }
      }
    }
  }

  private void add(String place, JsonNode node) {
    try {
      prompts.add(PromptJson.prompt(place, node));
    } catch (IllegalArgumentException e) {
      wrong.add(place + ": " + e.getMessage());
    }
  }
}
