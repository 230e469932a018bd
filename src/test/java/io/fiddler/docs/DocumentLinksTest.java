package io.fiddler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What documents point to is there: files and headings of links, files and tests that are named.
final class DocumentLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ADDRESS = Pattern.compile("(https?|mailto):.*");

  /// A path of the repository between backticks or in a command, without a placeholder.
  private static final Pattern PATH =
      Pattern.compile("(?<![\\w/.-])(?:src|kernels|docker|helm|\\.ci)/[\\w./-]*\\w(?![\\w*<{])");

  /// What a script of the repository makes.
  private static final Pattern MADE = Pattern.compile("docker/secrets(/.*)?");

  private static final Pattern TEST_CLASS = Pattern.compile("(?<![*\\w])[A-Z]\\w+Test\\b");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  private final Map<Path, Set<String>> anchors = new HashMap<>();

  @Test
  void links_leadToFilesAndHeadingsThatAreThere() {
    List<String> broken = new ArrayList<>();
    eachLine((place, line) -> {
      Matcher link = LINK.matcher(CODE.matcher(line).replaceAll("`code`"));
      while (link.find()) {
        String target = link.group(1);
        if (!ADDRESS.matcher(target).matches() && !leads(place.document(), target)) {
          broken.add(place + " " + target);
        }
      }
    });
    assertThat(broken).isEmpty();
  }

  @Test
  void filesOfTheRepository_areThere_whereDocumentsNameThem() {
    List<String> missing = new ArrayList<>();
    eachLine((place, line) -> {
      Matcher path = PATH.matcher(LINK.matcher(line).replaceAll("]()"));
      while (path.find()) {
        if (!MADE.matcher(path.group()).matches() && Files.notExists(Path.of(path.group()))) {
          missing.add(place + " " + path.group());
        }
      }
    });
    assertThat(missing).isEmpty();
  }

  @Test
  void tests_areThere_whereDocumentsNameThem() throws IOException {
    Set<String> tests = testClasses();
    List<String> missing = new ArrayList<>();
    eachLine((place, line) -> {
      Matcher name = TEST_CLASS.matcher(line);
      while (name.find()) {
        if (!tests.contains(name.group())) {
          missing.add(place + " " + name.group());
        }
      }
    });
    assertThat(missing).isEmpty();
  }

  static Set<String> testClasses() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }

  private record Place(Path document, int line) {
    @Override
    public String toString() {
      return document + ":" + line;
    }
  }

  private static void eachLine(BiConsumer<Place, String> look) {
    for (Path document : Documents.all()) {
      List<String> lines = Documents.lines(document);
      for (int i = 0; i < lines.size(); i++) {
        look.accept(new Place(document, i + 1), lines.get(i));
      }
    }
  }

  private boolean leads(Path document, String target) {
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path to = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    return Files.exists(to)
        && (hash < 0
            || anchors
                .computeIfAbsent(to, DocumentLinksTest::headings)
                .contains(target.substring(hash + 1)));
  }

  /// As GitHub names them.
  private static Set<String> headings(Path document) {
    return Documents.lines(document).stream()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("#+ ", "").strip().toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
