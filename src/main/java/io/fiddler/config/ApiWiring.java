package io.fiddler.config;

import io.fiddler.api.ApiOptions;
import io.fiddler.api.completion.CompletionOptions;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.ops.dashboard.StaticFiles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What the API needs to know.
@Configuration(proxyBeanMethods = false)
class ApiWiring {
  @Bean
  ApiOptions apiOptions(FiddlerProperties properties, StaticFiles dashboard) {
    CompletionOptions completions =
        new CompletionOptions(
            Math.toIntExact(properties.api().maxBodySize().toBytes()),
            CompletionOptions.DEFAULT.maxChoices(),
            properties.log().text());
    return new ApiOptions(
        completions,
        properties.security().toOptions().opening(dashboard.paths()),
        ApiOptions.DEFAULT.promptThreads(),
        ApiOptions.DEFAULT.answerThreads());
  }
}
