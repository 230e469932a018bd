package io.fiddler.config;

import io.fiddler.engine.EngineOptions;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Everything under `fiddler.`; a key that is not here ends the start.
///
/// @param home Folder the service keeps its own files in: the embedded database, unpacked models,
///   measured latency models, the last placement. A leading ~/ is the user's home.
@ConfigurationProperties(prefix = "fiddler", ignoreUnknownFields = false)
record FiddlerProperties(
    @DefaultValue("~/.fiddler") Path home,
    @NestedConfigurationProperty @DefaultValue ModelProperties model,
    @NestedConfigurationProperty @DefaultValue DeviceProperties device,
    @NestedConfigurationProperty @DefaultValue HostProperties host,
    @NestedConfigurationProperty @DefaultValue EngineProperties engine,
    @NestedConfigurationProperty @DefaultValue DispatchProperties dispatch,
    @NestedConfigurationProperty @DefaultValue PlacementProperties placement,
    @NestedConfigurationProperty @DefaultValue StoreProperties store,
    @NestedConfigurationProperty @DefaultValue LogProperties log,
    @NestedConfigurationProperty @DefaultValue SecurityProperties security,
    @NestedConfigurationProperty @DefaultValue ApiProperties api) {

  FiddlerProperties {
    Path userHome = Path.of(System.getProperty("user.home"));
    home = home.startsWith("~") ? userHome.resolve(Path.of("~").relativize(home)) : home;
    home = home.toAbsolutePath().normalize();
  }

  /// What the engine needs of it.
  EngineOptions toEngineOptions() {
    return new EngineOptions(
        model.path(),
        home,
        device.toDeviceOptions(),
        host.effectiveThreads(),
        engine.toLimits(),
        dispatch.mode());
  }
}
