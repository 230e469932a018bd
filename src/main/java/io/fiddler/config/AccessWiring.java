package io.fiddler.config;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.config.settings.KeysProperties;
import io.fiddler.store.Migrations;
import io.fiddler.store.Notifications;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.access.PostgresApiKeys;
import io.fiddler.store.access.PostgresAuditLog;
import io.fiddler.store.access.PostgresKeyUsage;
import io.fiddler.store.access.PostgresLimitPool;
import io.fiddler.store.access.PostgresPermitPool;
import io.fiddler.usage.access.ApiKeys;
import io.fiddler.usage.access.AuditLog;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyRing;
import io.fiddler.usage.access.KeyUsageReports;
import io.fiddler.usage.access.limit.EnduringPool;
import io.fiddler.usage.access.limit.Limiter;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// API keys and what is done about them.
@Configuration(proxyBeanMethods = false)
class AccessWiring {
  /// Keys that are remembered: some hundred bytes each.
  private static final int REMEMBERED = 10_000;

  @Bean
  ApiKeys apiKeys(StoreConnection connection) {
    return new PostgresApiKeys(connection);
  }

  @Bean
  AuditLog auditLog(StoreConnection connection) {
    return new PostgresAuditLog(connection);
  }

  @Bean
  KeyUsageReports keyUsageReports(StoreConnection connection) {
    return new PostgresKeyUsage(connection);
  }

  @Bean
  KeyAdministration keyAdministration(ApiKeys keys, AuditLog log, Clock clock, KeyRing ring) {
    return new KeyAdministration(keys, log, clock, ring::refresh);
  }

  @Bean
  KeyRing keyRing(ApiKeys keys, Clock clock, FiddlerProperties properties) {
    KeysProperties options = properties.security().keys();
    return new KeyRing(
        keys, clock, new KeyRing.Options(options.cache(), options.offline(), REMEMBERED));
  }

  @Bean
  EnduringPool limitPool(StoreConnection connection, Clock clock) {
    return new EnduringPool(new PostgresLimitPool(connection), clock);
  }

  @Bean
  Limiter limiter(
      EnduringPool pool,
      StoreConnection connection,
      Replica replica,
      Clock clock,
      FiddlerProperties properties) {
    return new Limiter(
        pool,
        new PostgresPermitPool(connection, replica),
        clock,
        properties.security().keys().lease());
  }

  @Bean
  LimitRenewal limitRenewal(Limiter limiter, EnduringPool pool, FiddlerProperties properties) {
    return LimitRenewal.start(limiter, pool, properties.security().keys().lease());
  }

  @Bean
  Notifications keyNotifications(
      DataSource dataSource, Migrations migrations, KeyRing ring, FiddlerProperties properties) {
    return Notifications.start(
        Notifications.Channel.KEY,
        dataSource,
        migrations,
        properties.security().keys().cache(),
        ring::refresh);
  }
}
