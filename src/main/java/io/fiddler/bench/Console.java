package io.fiddler.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintStream;
import java.util.Locale;

/// Where a command writes.
///
/// @param out results
/// @param err progress and what went wrong
record Console(PrintStream out, PrintStream err) {
  /// A line of progress.
  @FormatMethod
  void say(String format, Object... args) {
    err.println(String.format(Locale.ROOT, format, args));
  }

  /// A line of results.
  @FormatMethod
  void result(String format, Object... args) {
    out.println(String.format(Locale.ROOT, format, args));
  }

  /// Results and progress both where progress goes.
  Console allOnErr() {
    return new Console(err, err);
  }
}
