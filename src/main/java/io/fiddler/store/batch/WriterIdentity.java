package io.fiddler.store.batch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.UUID;

/// Who writes: the row of `writer`.
///
/// @param id of this process's life
/// @param host its machine, for people
/// @param pid its process, for people
/// @param startedAt when it came to life
public record WriterIdentity(UUID id, String host, long pid, Instant startedAt) {
  /// A new identity for this process.
  public static WriterIdentity create(Instant now) {
    return new WriterIdentity(UUID.randomUUID(), hostName(), ProcessHandle.current().pid(), now);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unknown";
    }
  }
}
