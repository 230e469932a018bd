package io.fiddler.ops.meter;

import io.fiddler.engine.Engine;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.UpkeepMonitor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The meters.
@Configuration(proxyBeanMethods = false)
public class MeterConfiguration {
  @Bean
  EngineMetrics engineMetrics(MeterRegistry registry) {
    return new EngineMetrics(registry);
  }

  @Bean
  EngineGauges engineGauges(Engine engine) {
    return new EngineGauges(engine);
  }

  @Bean
  DeviceMeter deviceMeter(Engine engine, MeterRegistry registry) {
    return new DeviceMeter(engine, registry);
  }

  @Bean
  LatencyGauges latencyGauges(Engine engine) {
    return new LatencyGauges(engine);
  }

  @Bean
  CorrectionMetrics correctionMetrics(CorrectionMonitor correction) {
    return new CorrectionMetrics(correction);
  }

  @Bean
  StoreMetrics storeMetrics(StoreMonitor store) {
    return new StoreMetrics(store);
  }

  @Bean
  UpkeepMetrics upkeepMetrics(UpkeepMonitor upkeep) {
    return new UpkeepMetrics(upkeep);
  }

  /// What requests and answers take outside the heap, which the JVM's own meters of direct buffers
  /// do not see.
  @Bean
  NettyAllocatorMetrics nettyAllocatorMetrics() {
    return new NettyAllocatorMetrics((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT);
  }
}
