package io.fiddler.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import org.springframework.core.env.Environment;

/// The name of this service process among those that share a database: as configured, else
/// `host:port`. In a cluster the host is the pod; two processes on one host differ by their ports,
/// and keep their names over restarts unless they let the system choose the port.
final class Replica implements Supplier<String> {
  private final String configured;
  private final Environment environment;

  /// @param configured the name to use; blank for none
  Replica(String configured, Environment environment) {
    this.configured = configured.strip();
    this.environment = environment;
  }

  @Override
  public String get() {
    return configured.isEmpty() ? hostName() + ":" + port() : configured;
  }

  /// The port that HTTP is served on: before it is, the one it will be served on.
  private String port() {
    String configuredPort = environment.getProperty("server.port", "8080");
    return environment.getProperty("local.server.port", configuredPort);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }
}
