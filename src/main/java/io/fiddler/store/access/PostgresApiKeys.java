package io.fiddler.store.access;

import io.fiddler.store.StoreConnection;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.ApiKeys;
import io.fiddler.usage.access.AuditRow;
import io.fiddler.usage.access.NameTakenException;
import io.fiddler.usage.access.StoredKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.dao.DuplicateKeyException;

/// Keys in `api_key`; what is done about one commits together with its row in `key_audit`.
public final class PostgresApiKeys implements ApiKeys {
  private static final String FIND = "select * from api_key where id = :id";

  private static final String INSERT =
      """
      insert into api_key (id, name, tenant, scopes, digest, previous_digest, previous_until,
        requests_per_minute, tokens_per_minute, concurrent_requests, monthly_tokens,
        priority, max_context, disabled, created_at, rotated_at, expires_at)
      values (:id, :name, :tenant, :scopes::text[], :digest, :previous::bytea, :previousUntil,
        :requests::bigint, :tokens::bigint, :concurrent::bigint, :monthly::bigint,
        :priority, :maxContext::integer, :disabled, :createdAt, :rotatedAt, :expiresAt)
      """;

  private static final String UPDATE =
      """
      update api_key set name = :name, tenant = :tenant, scopes = :scopes::text[], digest = :digest,
        previous_digest = :previous::bytea, previous_until = :previousUntil,
        requests_per_minute = :requests::bigint, tokens_per_minute = :tokens::bigint,
        concurrent_requests = :concurrent::bigint, monthly_tokens = :monthly::bigint,
        priority = :priority, max_context = :maxContext::integer, disabled = :disabled,
        created_at = :createdAt, rotated_at = :rotatedAt, expires_at = :expiresAt
      where id = :id
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresApiKeys(StoreConnection store) {
    this.store = store;
  }

  @Override
  public Optional<StoredKey> find(String id) {
    return store.query(jdbc ->
        jdbc.sql(FIND).param("id", id).query((row, _) -> KeyColumns.stored(row)).optional());
  }

  @Override
  public List<ApiKey> list() {
    return store.query(jdbc ->
        jdbc.sql("select * from api_key order by name")
            .query((row, _) -> KeyColumns.key(row))
            .list());
  }

  @Override
  public void create(StoredKey key, AuditRow audit) {
    naming(
        key,
        () ->
            store.transact(jdbc -> {
              KeyColumns.bind(jdbc.sql(INSERT), key).update();
              return PostgresAuditLog.insert(jdbc, audit);
            }));
  }

  @Override
  public Optional<ApiKey> change(String id, Function<StoredKey, Change> change) {
    return store.transact(jdbc ->
        jdbc.sql(FIND + " for update")
            .param("id", id)
            .query((row, _) -> KeyColumns.stored(row))
            .optional()
            .map(change)
            .map(changed -> {
              StoredKey after = changed.after();
              naming(after, () -> KeyColumns.bind(jdbc.sql(UPDATE), after).update());
              PostgresAuditLog.insert(jdbc, changed.audit());
              return after.key();
            }));
  }

  private static void naming(StoredKey key, Runnable write) {
    try {
      write.run();
    } catch (DuplicateKeyException e) {
      throw new NameTakenException(key.key().settings().name(), e);
    }
  }
}
