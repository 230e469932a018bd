package io.fiddler.bench;

import java.io.PrintStream;
import java.util.Locale;

/// Where a command writes.
///
/// @param out results
/// @param err progress and what went wrong
record Console(PrintStream out, PrintStream err) {
  /// A line of progress.
  void say(String format, Object... args) {
    err.printf(Locale.ROOT, format + "%n", args);
  }

  /// Results and progress both where progress goes.
  Console allOnErr() {
    return new Console(err, err);
  }
}
