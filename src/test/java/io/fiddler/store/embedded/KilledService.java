package io.fiddler.store.embedded;

import java.nio.file.Path;

/// The main class of a process to be killed: commits a row, says so, and waits for its end.
final class KilledService {
  private KilledService() {}

  public static void main(String[] args) throws Exception {
    EmbeddedPostgres server = EmbeddedPostgres.start(EmbeddedServers.options(Path.of(args[0])));
    EmbeddedServers.execute(server, "create table kept (x integer); insert into kept values (42)");
    System.out.println("committed on port " + server.port());
    System.in.read();
  }
}
