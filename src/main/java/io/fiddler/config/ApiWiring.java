package io.fiddler.config;

import io.fiddler.api.ApiOptions;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.ops.dashboard.StaticFiles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What the API needs to know.
@Configuration(proxyBeanMethods = false)
class ApiWiring {
  @Bean
  ApiOptions apiOptions(FiddlerProperties properties, StaticFiles dashboard) {
    GenerationOptions generation =
        new GenerationOptions(
            Math.toIntExact(properties.api().maxBodySize().toBytes()),
            GenerationOptions.DEFAULT.maxChoices(),
            properties.log().text(),
            properties.api().toRequestLimits());
    return new ApiOptions(
        generation,
        properties.security().toOptions().opening(dashboard.paths()),
        ApiOptions.DEFAULT.promptThreads(),
        ApiOptions.DEFAULT.answerThreads());
  }
}
