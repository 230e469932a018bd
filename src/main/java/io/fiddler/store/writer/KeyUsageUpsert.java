package io.fiddler.store.writer;

import io.fiddler.usage.RequestRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Adds requests to what their keys have used, by model and month.
final class KeyUsageUpsert {
  private static final int BAD_REQUEST = 400;

  private static final String ADD =
      """
      insert into key_usage (key_id, fingerprint, month, requests, failed, prompt_tokens,
        cached_prompt_tokens, completion_tokens, host_millis, streamed_bytes)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (key_id, month, fingerprint) do update set
        requests = key_usage.requests + excluded.requests,
        failed = key_usage.failed + excluded.failed,
        prompt_tokens = key_usage.prompt_tokens + excluded.prompt_tokens,
        cached_prompt_tokens = key_usage.cached_prompt_tokens + excluded.cached_prompt_tokens,
        completion_tokens = key_usage.completion_tokens + excluded.completion_tokens,
        host_millis = key_usage.host_millis + excluded.host_millis,
        streamed_bytes = key_usage.streamed_bytes + excluded.streamed_bytes
      """;

  private KeyUsageUpsert() {}

  /// A row.
  ///
  /// @param fingerprint empty for requests that failed before a model was known
  private record Row(String keyId, OffsetDateTime month, String fingerprint)
      implements Comparable<Row> {
    static Row of(RequestRecord request) {
      return new Row(
          text(request.keyId()),
          request
              .createdAt()
              .atOffset(ZoneOffset.UTC)
              .truncatedTo(ChronoUnit.DAYS)
              .withDayOfMonth(1),
          text(request.fingerprint()));
    }

    private static String text(@Nullable String value) {
      // The one character PostgreSQL's text cannot hold.
      return value == null ? "" : value.replace('\0', '\ufffd');
    }

    @Override
    public int compareTo(Row other) {
      return Comparator.comparing(Row::keyId)
          .thenComparing(Row::month)
          .thenComparing(Row::fingerprint)
          .compare(this, other);
    }
  }

  /// In the rows' order, so that two writers never wait for each other.
  static void write(Connection connection, List<RequestRecord> requests) throws SQLException {
    var byRow =
        requests.stream()
            .filter(request -> request.keyId() != null)
            .collect(Collectors.groupingBy(Row::of, TreeMap::new, Collectors.toList()));
    if (byRow.isEmpty()) {
      return;
    }
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      for (var each : byRow.entrySet()) {
        bind(add, each.getKey(), each.getValue());
        add.addBatch();
      }
      add.executeBatch();
    }
  }

  private static void bind(PreparedStatement add, Row row, List<RequestRecord> requests)
      throws SQLException {
    add.setString(1, row.keyId);
    add.setString(2, row.fingerprint);
    add.setObject(3, row.month);
    add.setLong(4, requests.size());
    add.setLong(5, requests.stream().filter(each -> each.status() >= BAD_REQUEST).count());
    add.setLong(6, requests.stream().mapToLong(RequestRecord::promptTokens).sum());
    add.setLong(7, requests.stream().mapToLong(each -> each.costs().cachedPromptTokens()).sum());
    add.setLong(8, requests.stream().mapToLong(RequestRecord::completionTokens).sum());
    add.setDouble(9, requests.stream().mapToDouble(each -> each.costs().hostMillis()).sum());
    add.setLong(10, requests.stream().mapToLong(each -> each.costs().streamedBytes()).sum());
  }
}
