package io.fiddler.docs;

import java.util.ArrayList;
import java.util.List;

/// Shell, as far as documents have it: comments, quotes, lines that go on.
final class ShellText {
  private final String text;
  private final List<String> commands = new ArrayList<>();
  private final StringBuilder command = new StringBuilder();
  private char quote;

  private ShellText(String text) {
    this.text = text;
  }

  /// The commands of `text`.
  static List<String> commands(String text) {
    return new ShellText(text).read();
  }

  private List<String> read() {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && c == '\\' && next(i) == '\n') {
        command.append(' ');
        i++;
      } else if (quote == 0 && c == '#' && (command.isEmpty() || before() <= ' ')) {
        i = Math.max(i, endOfLine(i) - 1);
      } else if (quote == 0 && c == '\n') {
        end();
      } else {
        quoted(c);
        command.append(c);
      }
    }
    end();
    return commands;
  }

  private void quoted(char c) {
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote == c) {
      quote = 0;
    }
  }

  private char next(int i) {
    return i + 1 < text.length() ? text.charAt(i + 1) : '\n';
  }

  private char before() {
    return command.charAt(command.length() - 1);
  }

  private int endOfLine(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private void end() {
    String done = command.toString().strip();
    if (!done.isEmpty()) {
      commands.add(done.replaceAll("[ \t]{2,}", " "));
    }
    command.setLength(0);
  }
}
