package io.fiddler.store.access;

import io.fiddler.store.StoreConnection;
import io.fiddler.usage.access.limit.PermitPool;
import java.time.Duration;
import java.util.function.Supplier;

/// Permits in `key_permit`, by replica.
public final class PostgresPermitPool implements PermitPool {
  private static final String LEASE =
      "select key_permits(:key, :replica, :wanted, :most, make_interval(secs => :seconds))";

  private final StoreConnection store;
  private final Supplier<String> replica;

  /// @param replica this process's name
  public PostgresPermitPool(StoreConnection store, Supplier<String> replica) {
    this.store = store;
    this.replica = replica;
  }

  @Override
  public long lease(String keyId, long wanted, long most, Duration until) {
    return store.query(jdbc ->
        jdbc.sql(LEASE)
            .param("key", keyId)
            .param("replica", replica.get())
            .param("wanted", wanted)
            .param("most", most)
            .param("seconds", (double) until.toSeconds())
            .query(Long.class)
            .single());
  }
}
