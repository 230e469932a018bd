package io.fiddler.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/// Checks every setting before anything is started, so that a refusal leaves no half-started
/// database behind, and refuses to listen beyond this machine without a key.
final class StartupRules implements BeanFactoryPostProcessor {
  private static final List<String> ADDRESS_KEYS =
      List.of("server.address", "management.server.address");

  private final Environment environment;

  StartupRules(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
    FiddlerProperties properties =
        Binder.get(environment)
            .bindOrCreate(
                "fiddler",
                Bindable.of(FiddlerProperties.class),
                new NoUnboundElementsBindHandler(
                    BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    if (!properties.security().hasAdminKey()) {
      ADDRESS_KEYS.forEach(key -> requireLoopback(key, environment.getProperty(key)));
    }
  }

  private static void requireLoopback(String key, @Nullable String address) {
    if (address != null && !address.isBlank() && !isLoopback(key, address.strip())) {
      throw new InvalidSettingException(
          key
              + " must be an address of this machine alone, such as 127.0.0.1, unless"
              + " fiddler.security.admin-key is set, got "
              + address);
    }
  }

  private static boolean isLoopback(String key, String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new InvalidSettingException(key, "an address that resolves", address);
    }
  }
}
