package io.fiddler.ops.access;

import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.AuditLog;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyUsageReports;
import java.time.Clock;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The endpoints about keys.
@Configuration(proxyBeanMethods = false)
public class KeyOpsConfiguration {
  @Bean
  KeysEndpoint keysEndpoint(
      KeyAdministration administration, KeyUsageReports usage, StoreFlush store, Clock clock) {
    return new KeysEndpoint(administration, usage, store, clock);
  }

  @Bean
  ListsInBodies listsInBodies(WebEndpointProperties properties) {
    return new ListsInBodies(properties.getBasePath() + "/keys");
  }

  @Bean
  AuditEndpoint auditEndpoint(AuditLog log) {
    return new AuditEndpoint(log);
  }

  @Bean
  AccessMetrics accessMetrics(AccessCounters counters) {
    return new AccessMetrics(counters);
  }
}
