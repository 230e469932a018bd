package io.fiddler.config;

import io.fiddler.api.ApiOptions;
import io.fiddler.api.connection.ConnectionOptions;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.ops.span.SpanOptions;
import io.fiddler.page.StaticFiles;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What the API needs to know.
@Configuration(proxyBeanMethods = false)
class ApiWiring {
  private static final Logger LOG = LoggerFactory.getLogger(ApiWiring.class);

  @Bean
  ApiOptions apiOptions(FiddlerProperties properties, List<StaticFiles> pages) {
    properties.security().warning().ifPresent(LOG::warn);
    GenerationOptions generation =
        new GenerationOptions(
            Math.toIntExact(properties.api().maxBodySize().toBytes()),
            properties.api().bodyMemoryBytes(Runtime.getRuntime().maxMemory()),
            properties.api().maxChoices(),
            // All beams of a search are rows of one step.
            Math.min(GenerationOptions.DEFAULT.maxBeams(), properties.engine().maxRunning()),
            properties.api().streamBuffer().toBytes(),
            properties.log().text(),
            properties.api().toRequestLimits());
    return new ApiOptions(
        generation,
        properties.security().toOptions().opening(paths(pages)),
        ApiOptions.DEFAULT.promptThreads(),
        ApiOptions.DEFAULT.answerThreads());
  }

  @Bean
  SpanOptions spanOptions(
      FiddlerProperties properties, Replica replica, ObjectProvider<BuildProperties> build) {
    String version = build.stream().map(BuildProperties::getVersion).findFirst().orElse("unknown");
    return properties.telemetry().toSpanOptions(version, replica.get());
  }

  @Bean
  ConnectionOptions connectionOptions(FiddlerProperties properties) {
    return new ConnectionOptions(properties.api().bodyTimeout(), properties.api().writeTimeout());
  }

  private static Set<String> paths(List<StaticFiles> pages) {
    return pages.stream().flatMap(page -> page.paths().stream()).collect(Collectors.toSet());
  }
}
