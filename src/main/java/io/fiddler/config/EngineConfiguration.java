package io.fiddler.config;

import io.fiddler.api.web.Draining;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.ops.meter.DeviceMeter;
import io.fiddler.usage.StoreMonitor;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// The engine, what it is told at start, and its life.
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {
  private static final int EXIT_CANNOT_SERVE = 1;

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  LoadedModel loadedModel(FiddlerProperties properties, Clock clock) {
    return new LoadedModel(properties, clock.instant());
  }

  @Bean
  Engine engine(
      FiddlerProperties properties,
      InitialPlacement placement,
      ObjectProvider<EngineListener> listeners) {
    return new FiddlerEngine(
        properties.toEngineOptions(),
        placement,
        new EngineListeners(listeners.orderedStream().toList()));
  }

  @Bean
  StopWork drain(Draining draining, FiddlerProperties properties) {
    return StopWork.first(new Drain(draining, properties.shutdown().drain()));
  }

  @Bean
  EngineLifecycle engineLifecycle(
      Engine engine,
      LoadedModel model,
      CountedEngine counted,
      DeviceMeter device,
      StoreMonitor store,
      Environment environment,
      JdbcConnectionDetails connection,
      ConfigurableApplicationContext context) {
    StartupSummary summary =
        new StartupSummary(engine, model, store, new Addresses(environment, connection));
    return new EngineLifecycle(
        engine,
        model,
        () -> {
          // From now on the writer knows what to write, even if the service stops at once.
          counted.get();
          device.register();
          summary.log();
        },
        () -> System.exit(SpringApplication.exit(context, () -> EXIT_CANNOT_SERVE)));
  }
}
