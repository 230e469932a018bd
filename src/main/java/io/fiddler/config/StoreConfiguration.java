package io.fiddler.config;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.config.settings.StoreProperties;
import io.fiddler.engine.Engine;
import io.fiddler.store.MigrationFailedException;
import io.fiddler.store.Migrations;
import io.fiddler.store.PostgresActivationHistory;
import io.fiddler.store.PostgresPlacementStore;
import io.fiddler.store.PostgresTraces;
import io.fiddler.store.PostgresUsageReports;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.upkeep.StoreUpkeep;
import io.fiddler.store.writer.StoreWriter;
import io.fiddler.store.writer.WriterOptions;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.Traces;
import io.fiddler.usage.UsageReports;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The database and what is written to it. Beans close in the reverse order of their dependencies:
/// the writer with its last batch, then the pool, then the embedded server, if there is one.
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {
  @Bean
  Migrations migrations(DataSource dataSource) {
    return Migrations.start(dataSource);
  }

  @Bean
  StoreConnection storeConnection(DataSource dataSource, Migrations migrations) {
    return new StoreConnection(dataSource, migrations);
  }

  @Bean
  ActivationHistory activationHistory(StoreConnection connection) {
    return new PostgresActivationHistory(connection);
  }

  @Bean
  UsageReports usageReports(StoreConnection connection) {
    return new PostgresUsageReports(connection);
  }

  @Bean
  PlacementCache placementCache(FiddlerProperties properties) {
    return new PlacementCache(properties.homeFolder());
  }

  @Bean
  PlacementStore placementStore(StoreConnection connection, PlacementCache cache) {
    return new CachingPlacementStore(new PostgresPlacementStore(connection), cache);
  }

  @Bean
  CountedEngine countedEngine(Engine engine) {
    return new CountedEngine(engine);
  }

  @Bean
  StoreWriter storeWriter(
      DataSource dataSource,
      Migrations migrations,
      CountedEngine counted,
      FiddlerProperties properties) {
    StoreProperties store = properties.store();
    WriterOptions options =
        new WriterOptions(
                store.flushInterval(),
                // Half of the memory is free while the other half is written.
                Math.clamp(store.buffer() / 2, 1, WriterOptions.defaults().batchRows()),
                store.buffer(),
                store.closeTimeout())
            .bounded(store.bufferSize().toBytes(), store.onFull())
            .spooling(properties.spoolFolder(), store.spool().maxSize().toBytes());
    return StoreWriter.start(dataSource, migrations, counted, options);
  }

  @Bean
  Traces traces(StoreConnection connection) {
    return new PostgresTraces(connection);
  }

  @Bean
  StoreUpkeep storeUpkeep(
      DataSource dataSource, Migrations migrations, FiddlerProperties properties, Clock clock) {
    return StoreUpkeep.start(
        dataSource, migrations, properties.store().retention().toRetention(), clock);
  }

  @Bean
  StoreFlush storeFlush(StoreWriter writer) {
    return writer::flush;
  }

  @Bean
  StartupPlacement.DatabaseGate databaseGate(Migrations migrations, FiddlerProperties properties) {
    StoreProperties store = properties.store();
    return () -> {
      try {
        return migrations.await(store.startTimeout(), store.required());
      } catch (StoreUnavailableException | MigrationFailedException e) {
        throw new StartupException(String.valueOf(e.getMessage()), e);
      }
    };
  }
}
