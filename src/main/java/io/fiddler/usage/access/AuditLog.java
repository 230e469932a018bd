package io.fiddler.usage.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was done about keys. Blocking; throws [io.fiddler.usage.StoreUnavailableException] if the
/// database does not answer.
public interface AuditLog {
  /// Records what changed nothing, such as a refusal.
  void record(AuditRow row);

  /// The latest, newest first.
  ///
  /// @param limit most rows
  /// @param before only rows below this id; null for all
  List<AuditRow> latest(int limit, @Nullable Long before);
}
