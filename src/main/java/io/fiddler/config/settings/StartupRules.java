package io.fiddler.config.settings;

import io.fiddler.store.DatabaseUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Checks every setting before anything is started, so that a refusal leaves no half-started
/// database behind, and refuses to listen beyond this machine without a key.
final class StartupRules implements BeanFactoryPostProcessor {
  private final ConfigurableEnvironment environment;

  StartupRules(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
    FiddlerProperties properties =
        binder()
            .bindOrCreate(
                "fiddler",
                Bindable.of(FiddlerProperties.class),
                new NoUnboundElementsBindHandler(
                    BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    UnknownVariables.refuse(variables());
    requireOnePort(environment.getProperty("management.server.port"));
    requireDatabase(
        environment.getProperty("spring.datasource.url"), properties.store().embedded());
    if (!properties.security().hasAdminKey()) {
      requireLoopback(environment.getProperty("server.address"));
    }
  }

  private Map<String, ?> variables() {
    return environment
                .getPropertySources()
                .get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
            instanceof MapPropertySource source
        ? source.getSource()
        : Map.of();
  }

  /// As the settings' beans are bound.
  private Binder binder() {
    ApplicationConversionService conversions = new ApplicationConversionService();
    conversions.addConverter(new BinarySizes());
    return new Binder(
        ConfigurationPropertySources.get(environment),
        new PropertySourcesPlaceholdersResolver(environment),
        conversions,
        null,
        null);
  }

  /// The rules of access guard the API's port; another one would be open.
  private static void requireOnePort(@Nullable String port) {
    if (port != null && !port.startsWith("-")) {
      throw new InvalidSettingException(
          "management.server.port must not be set, operations are served on server.port, got "
              + port);
    }
  }

  /// Without a text the embedded database is used. Later, a URL that no driver takes would look
  /// like a database that is down.
  private static void requireDatabase(@Nullable String url, boolean embedded) {
    if (url == null || url.isBlank()) {
      if (!embedded) {
        throw new InvalidSettingException(
            "spring.datasource.url must be set, such as to jdbc:postgresql://localhost:5432/fiddler,"
                + " or fiddler.store.embedded to true for the embedded database, got neither");
      }
    } else if (!DatabaseUrl.isSound(url)) {
      throw new InvalidSettingException(
          "spring.datasource.url",
          "empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler",
          DatabaseUrl.shown(url));
    }
  }

  private static void requireLoopback(@Nullable String address) {
    // Without an address the server would listen on all of them.
    if (address == null || address.isBlank() || !isLoopback(address.strip())) {
      throw new InvalidSettingException(
          "server.address must be an address of this machine alone, such as 127.0.0.1, unless"
              + " fiddler.security.admin-key or admin-key-file is set, got "
              + (address == null || address.isBlank() ? "nothing" : address));
    }
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new InvalidSettingException("server.address", "an address that resolves", address);
    }
  }
}
