package io.fiddler.usage.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something done about a key. No secret is in it.
///
/// @param id ascending; 0 before it is recorded
/// @param at when
/// @param actor who, and from where
/// @param action `create`, `change`, `disable`, `enable`, `rotate`
/// @param keyId the key it is about; null if there is none
/// @param outcome `done` or `refused`
/// @param detail more about it, for people
public record AuditRow(
    long id,
    Instant at,
    Actor actor,
    String action,
    @Nullable String keyId,
    String outcome,
    @Nullable String detail) {
  /// It was done.
  public static final String DONE = "done";

  /// It was refused.
  public static final String REFUSED = "refused";

  /// The same, with more about it.
  AuditRow detailed(String what) {
    return new AuditRow(id, at, actor, action, keyId, outcome, what);
  }

  /// The same, refused for a reason.
  AuditRow refused(String why) {
    return new AuditRow(id, at, actor, action, keyId, REFUSED, why);
  }
}
