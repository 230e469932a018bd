package io.fiddler.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The Markdown files of the repository.
final class Documents {
  private static final List<String> FOLDERS = List.of("src", "kernels", "docker", "helm");

  private Documents() {}

  /// All of them.
  static List<Path> all() {
    Stream<Path> top = Stream.of("README.md", "CHANGELOG.md").map(Path::of);
    return Stream.concat(
            top, FOLDERS.stream().map(Path::of).filter(Files::exists).flatMap(Documents::markdown))
        .sorted()
        .toList();
  }

  private static Stream<Path> markdown(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("node_modules"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path document) {
    try {
      return Files.readAllLines(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
