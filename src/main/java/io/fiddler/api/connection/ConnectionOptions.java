package io.fiddler.api.connection;

import java.time.Duration;

/// How slow a client may be.
///
/// @param bodyTimeout for the head of a request to arrive, and then again for its body
/// @param writeTimeout for the client to take anything at all of what waits to be written
public record ConnectionOptions(Duration bodyTimeout, Duration writeTimeout) {
  public ConnectionOptions {
    require("bodyTimeout", bodyTimeout);
    require("writeTimeout", writeTimeout);
  }

  private static void require(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be longer than zero, got " + value);
    }
  }
}
