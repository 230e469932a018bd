package io.fiddler;

/// Where the jar starts: compiled for an old Java, so that such a one can say which it needs, where
/// {@link Main} could only fail to load with a stack trace.
public final class Launcher {
  private static final int NEEDED = 25;
  private static final int EXIT_USAGE = 64;

  private Launcher() {}

  /// Starts {@link Main} if this Java can load it; ends the process with code 64 otherwise.
  public static void main(String[] args) throws ReflectiveOperationException {
    if (Runtime.version().feature() < NEEDED) {
      System.err.println(
          "Fiddler needs Java "
              + NEEDED
              + " or newer, and this is Java "
              + Runtime.version()
              + " in "
              + System.getProperty("java.home")
              + ": start it with the java of an installed JDK "
              + NEEDED);
      System.exit(EXIT_USAGE);
    }
    Class.forName("io.fiddler.Main").getMethod("main", String[].class).invoke(null, (Object) args);
  }
}
