package io.fiddler.cuda;

/// Host memory that is page-locked until this is closed, so that copies run at full speed.
public final class HostRegistration implements AutoCloseable {
  HostRegistration() {}

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
