package io.fiddler.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestStore;
import java.net.http.HttpResponse;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Every answer's id, with which the request log is held to account afterwards. Thread-safe.
final class Answered {
  /// Of an answer that its client left: its row has the status of one that ended, or of one that
  /// was left.
  private static final int LEFT = 0;

  private static final Set<Integer> STATUSES_OF_LEFT = Set.of(200, 499);

  private final Map<UUID, Integer> statuses = new ConcurrentHashMap<>();
  private final List<String> faults = new ArrayList<>();

  /// Requests given up before anything of their answer came.
  private final LongAdder unanswered = new LongAdder();

  /// An answer whose end came.
  void ended(HttpResponse<?> answer) {
    add(answer, answer.statusCode());
  }

  /// An answer that was left in its middle.
  void left(HttpResponse<?> answer) {
    add(answer, LEFT);
  }

  /// No answer was waited for: such a request has one row, or none if it was never read.
  void unanswered() {
    unanswered.increment();
  }

  private void add(HttpResponse<?> answer, int status) {
    UUID id = UUID.fromString(answer.headers().firstValue("X-Request-Id").orElseThrow());
    if (statuses.putIfAbsent(id, status) != null) {
      fault("two answers with the id " + id);
    }
  }

  private void fault(String fault) {
    synchronized (faults) {
      faults.add(fault);
    }
  }

  /// Each answer has exactly one row, of its status, and no row is of anything else.
  void assertRowsIn(TestStore store) {
    Map<UUID, Integer> missing = new ConcurrentHashMap<>(statuses);
    Set<UUID> rows = ConcurrentHashMap.newKeySet();
    LongAdder others = new LongAdder();
    store
        .jdbc()
        .sql("select id, status from request_log")
        .query((ResultSet row) -> {
          UUID id = row.getObject("id", UUID.class);
          int status = row.getInt("status");
          Integer answered = missing.remove(id);
          if (!rows.add(id)) {
            fault("two rows with the id " + id);
          } else if (answered == null) {
            others.increment();
          } else if (answered == LEFT ? !STATUSES_OF_LEFT.contains(status) : answered != status) {
            fault("%s was answered %d, its row says %d".formatted(id, answered, status));
          }
        });
    assertThat(faults).isEmpty();
    assertThat(missing).as("answers without a row").isEmpty();
    assertThat(others.sum())
        .as("rows of no answer, where %s requests were given up before theirs", unanswered)
        .isLessThanOrEqualTo(unanswered.sum());
  }
}
