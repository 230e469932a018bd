package io.fiddler.scale;

import io.fiddler.store.TestStore;
import io.fiddler.store.access.PostgresApiKeys;
import io.fiddler.store.access.PostgresAuditLog;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;

/// A key for each tenant, with every kind of limit and none that is reached: what limits cost is
/// their leases.
final class TenantKeys {
  private static final int AT_ONCE = 100_000;

  private TenantKeys() {}

  static List<ApiKey> create(ScaleLoad load, TestStore store) {
    KeyAdministration administration =
        new KeyAdministration(
            new PostgresApiKeys(store.connection()),
            new PostgresAuditLog(store.connection()),
            Clock.systemUTC(),
            () -> {});
    int tokens = load.promptTokens() + load.completionTokens();
    KeyLimits limits =
        new KeyLimits(
            load.perMinute(1), load.perMinute(tokens), (long) AT_ONCE, 1_000_000_000_000L);
    return IntStream.range(0, load.tenants())
        .mapToObj(i -> settings("tenant-" + i, limits))
        .map(settings -> administration.create(settings, new Actor("fleet", null)).key())
        .toList();
  }

  private static KeySettings settings(String tenant, KeyLimits limits) {
    return new KeySettings(tenant, tenant, EnumSet.of(Scope.INFERENCE), limits, 0, null, null);
  }
}
