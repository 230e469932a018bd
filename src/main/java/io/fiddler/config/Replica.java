package io.fiddler.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// The name of this service process among those that share a database: its host's, which in a
/// cluster is the pod's and stays the same over restarts.
final class Replica {
  private Replica() {}

  static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }
}
