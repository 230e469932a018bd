package io.fiddler.ops.access;

import io.fiddler.ops.Problem;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.AuditLog;
import io.fiddler.usage.access.AuditRow;
import io.fiddler.usage.access.KeyForm;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/audit`: what was done about keys, by whom and from where, newest first. What was done
/// about placements is in `/actuator/placements/events`.
@Endpoint(id = "audit")
final class AuditEndpoint {
  private static final int ROWS = 50;
  private static final int MOST_ROWS = 1_000;

  private final AuditLog log;

  AuditEndpoint(AuditLog log) {
    this.log = log;
  }

  private record Rows(List<AuditRow> rows) {}

  /// The latest.
  ///
  /// @param limit most rows, 50 if left out
  /// @param before only rows below this id
  @ReadOperation
  WebEndpointResponse<Object> audit(@Nullable String limit, @Nullable String before) {
    try {
      Long rows = KeyForm.number("limit", limit, 1, MOST_ROWS);
      Long below = KeyForm.number("before", before, 1, Long.MAX_VALUE);
      return new WebEndpointResponse<>(
          new Rows(log.latest(rows == null ? ROWS : rows.intValue(), below)));
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    } catch (StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    }
  }
}
