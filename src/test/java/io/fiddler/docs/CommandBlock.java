package io.fiddler.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A fenced block of shell in a document.
///
/// @param document where
/// @param line of its fence, from 1
/// @param commands one after the other, without comments, those of several lines on one
record CommandBlock(Path document, int line, List<String> commands) {
  private static final Pattern FENCE = Pattern.compile("\\s*```(?<language>\\w*).*");
  private static final List<String> SHELLS = List.of("sh", "bash", "shell", "console");

  CommandBlock {
    commands = List.copyOf(commands);
  }

  /// Those of all documents.
  static Stream<CommandBlock> all() {
    return Documents.all().stream().flatMap(document -> of(document).stream());
  }

  private static List<CommandBlock> of(Path document) {
    List<CommandBlock> blocks = new ArrayList<>();
    List<String> lines = Documents.lines(document);
    int begin = -1;
    boolean shell = false;
    for (int i = 0; i < lines.size(); i++) {
      var fence = FENCE.matcher(lines.get(i));
      if (!fence.matches()) {
        continue;
      }
      if (begin < 0) {
        begin = i;
        shell = SHELLS.contains(fence.group("language"));
      } else {
        if (shell) {
          String text = String.join("\n", lines.subList(begin + 1, i));
          blocks.add(new CommandBlock(document, begin + 1, ShellText.commands(text)));
        }
        begin = -1;
      }
    }
    return blocks;
  }

  /// Where, for people.
  String place() {
    return document + ":" + line;
  }
}
