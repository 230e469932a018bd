package io.fiddler.config;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.engine.Engine;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.learning.AchievedCounts;
import io.fiddler.learning.AchievedRecorder;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.FleetFollowing;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.learning.PrimedHistory;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.store.Migrations;
import io.fiddler.store.Notifications;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.version.PostgresAchievedLog;
import io.fiddler.store.version.PostgresPlacementJournal;
import io.fiddler.store.version.PostgresPlacementPins;
import io.fiddler.store.version.PostgresPlanningTurn;
import io.fiddler.store.version.PostgresVersionHistory;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.version.AchievedLog;
import io.fiddler.usage.version.PlacementJournal;
import io.fiddler.usage.version.VersionRecords;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// How placements are made, changed, recorded and followed.
@Configuration(proxyBeanMethods = false)
class PlacementConfiguration {
  private static final Duration PATIENCE_WITH_OTHERS = Duration.ofSeconds(10);
  private static final Duration ACHIEVED_INTERVAL = Duration.ofMinutes(1);

  /// A lost notification delays following by this.
  private static final Duration POLL = Duration.ofSeconds(15);

  @Bean
  Replica replica(FiddlerProperties properties, Environment environment) {
    return new Replica(properties.replica(), environment);
  }

  @Bean
  LearnedElsewhere learnedElsewhere(FiddlerProperties properties) {
    return new LearnedElsewhere(
        properties.placement().statisticsFile(), properties.placement().placementFile());
  }

  @Bean
  PolicyCatalogue policyCatalogue(FiddlerProperties properties) {
    return properties.placement().policies();
  }

  @Bean
  PlacementPlanner placementPlanner(
      ActivationHistory history,
      LearnedElsewhere elsewhere,
      PolicyCatalogue policies,
      FiddlerProperties properties,
      Replica replica,
      Clock clock) {
    return new PlacementPlanner(
        new PrimedHistory(history, elsewhere),
        policies,
        properties.placement().halfLives(),
        replica,
        clock);
  }

  @Bean
  PlacementRecords placementRecords(
      PlacementStore versions,
      PlacementJournal journal,
      StoreConnection connection,
      DataSource dataSource,
      Migrations migrations) {
    return new PlacementRecords(
        versions,
        journal,
        new PostgresPlacementPins(connection),
        new PostgresPlanningTurn(dataSource, migrations, PATIENCE_WITH_OTHERS));
  }

  @Bean
  PlacementJournal placementJournal(StoreConnection connection) {
    return new PostgresPlacementJournal(connection);
  }

  @Bean
  AchievedLog achievedLog(StoreConnection connection) {
    return new PostgresAchievedLog(connection);
  }

  @Bean
  VersionRecords versionRecords(
      PlacementStore versions,
      StoreConnection connection,
      AchievedLog achieved,
      PlacementJournal journal) {
    return new VersionRecords(versions, new PostgresVersionHistory(connection), achieved, journal);
  }

  @Bean
  CurrentPlacement currentPlacement() {
    return new CurrentPlacement();
  }

  @Bean
  InitialPlacement initialPlacement(
      StartupPlacement.DatabaseGate database,
      PlacementPlanner planner,
      PlacementRecords records,
      LearnedElsewhere elsewhere,
      PlacementCache cache,
      CurrentPlacement current) {
    return new StartupPlacement(
        database, new StartupPlanning(planner, records), elsewhere, cache, current);
  }

  @Bean
  Replanning replanning(
      Engine engine,
      StoreFlush store,
      PlacementPlanner planner,
      PlacementRecords records,
      CurrentPlacement current) {
    return new Replanning(engine, store, planner, records, current);
  }

  @Bean
  AchievedCounts achievedCounts(Clock clock) {
    return new AchievedCounts(clock);
  }

  @Bean
  AchievedRecorder achievedRecorder(
      AchievedCounts counts, AchievedLog log, Replica replica, CurrentPlacement current) {
    AchievedRecorder recorder = AchievedRecorder.start(counts, log, replica, ACHIEVED_INTERVAL);
    current.onChange(recorder::wake);
    return recorder;
  }

  @Bean
  Notifications placementNotifications(
      DataSource dataSource,
      Migrations migrations,
      Replanning replanning,
      FiddlerProperties properties) {
    FleetFollowing following = new FleetFollowing(replanning, properties.placement().follow());
    return Notifications.start(
        Notifications.Channel.PLACEMENT, dataSource, migrations, POLL, following::look);
  }
}
