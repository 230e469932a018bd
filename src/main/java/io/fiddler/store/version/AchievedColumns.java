package io.fiddler.store.version;

import io.fiddler.store.Rows;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.Hits;
import java.sql.ResultSet;
import java.sql.SQLException;

/// The columns of `placement_achieved`.
final class AchievedColumns {
  private AchievedColumns() {}

  static Achieved of(ResultSet row) throws SQLException {
    return new Achieved(
        new Hits(row.getLong("prefill_hits"), row.getLong("prefill_assignments")),
        new Hits(row.getLong("decode_hits"), row.getLong("decode_assignments")),
        Rows.instant(row, "since"),
        Rows.instant(row, "until"));
  }
}
