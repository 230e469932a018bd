package io.fiddler.config;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.engine.Engine;
import io.fiddler.learning.simulation.KeptBasis;
import io.fiddler.learning.simulation.LiveSimulations;
import io.fiddler.learning.simulation.LiveSimulations.Recorded;
import io.fiddler.learning.simulation.SimulationThread;
import io.fiddler.learning.simulation.Simulator;
import io.fiddler.learning.simulation.StepMeter;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.TraceLog;
import io.fiddler.usage.Traces;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Traces of requests, and what is simulated with them.
@Configuration(proxyBeanMethods = false)
class SimulationWiring {
  @Bean
  TraceRecorder traceRecorder(
      ObjectProvider<CountedEngine> counted, ObjectProvider<TraceLog> log, Clock clock) {
    return new TraceRecorder(counted, log, clock);
  }

  @Bean
  StepMeter stepMeter(Clock clock) {
    return new StepMeter(clock);
  }

  @Bean
  SimulationThread simulationThread(FiddlerProperties properties) {
    return new SimulationThread(properties.simulation().timeLimit());
  }

  @Bean
  LiveSimulations liveSimulations(
      Engine engine,
      StepMeter meter,
      Traces traces,
      StoreFlush store,
      PolicyCatalogue policies,
      SimulationThread thread,
      FiddlerProperties properties,
      Clock clock) {
    return new LiveSimulations(
        engine,
        meter,
        properties.toEngineOptions().limits(),
        new Recorded(
            traces,
            store,
            properties.simulation().maxTokens(),
            new KeptBasis(properties.simulationFolder())),
        new Simulator(policies),
        thread,
        clock);
  }

  @Bean
  StopWork basisKeeper(LiveSimulations simulations) {
    return StopWork.afterRequests(simulations::keepBasis);
  }
}
