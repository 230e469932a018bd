package io.fiddler.config.settings;

import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/// The settings and the rules over them.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FiddlerProperties.class)
public class SettingsConfiguration {
  @Bean
  @ConfigurationPropertiesBinding
  static BinarySizes binarySizes() {
    return new BinarySizes();
  }

  @Bean
  static StartupRules startupRules(ConfigurableEnvironment environment) {
    return new StartupRules(environment);
  }
}
