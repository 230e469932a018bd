package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Everything under `fiddler.`; a key that is not here ends the start.
///
/// @param home Folder the service keeps its own files in: the embedded database, the spool,
///   unpacked models, measured latency models, the last placement; .fiddler in the user's home if
///   empty.
/// @param replica Name of this service process among those that share a database; host:port if
///   empty. What is pinned is kept by it.
@ConfigurationProperties(prefix = "fiddler", ignoreUnknownFields = false)
public record FiddlerProperties(
    @DefaultValue("") String home,
    @DefaultValue("") String replica,
    @NestedConfigurationProperty @DefaultValue ModelProperties model,
    @NestedConfigurationProperty @DefaultValue DeviceProperties device,
    @NestedConfigurationProperty @DefaultValue HostProperties host,
    @NestedConfigurationProperty @DefaultValue EngineProperties engine,
    @NestedConfigurationProperty @DefaultValue DispatchProperties dispatch,
    @NestedConfigurationProperty @DefaultValue PlacementProperties placement,
    @NestedConfigurationProperty @DefaultValue TracesProperties traces,
    @NestedConfigurationProperty @DefaultValue SimulationProperties simulation,
    @NestedConfigurationProperty @DefaultValue StoreProperties store,
    @NestedConfigurationProperty @DefaultValue LogProperties log,
    @NestedConfigurationProperty @DefaultValue TelemetryProperties telemetry,
    @NestedConfigurationProperty @DefaultValue SecurityProperties security,
    @NestedConfigurationProperty @DefaultValue ApiProperties api,
    @NestedConfigurationProperty @DefaultValue ShutdownProperties shutdown) {

  private static final int LONGEST_NAME = 200;

  public FiddlerProperties {
    replica = Rules.atMost(LONGEST_NAME, "fiddler.replica", replica.strip());
    home = home.isBlank() ? Path.of(System.getProperty("user.home"), ".fiddler").toString() : home;
    if (home.startsWith("~")) {
      throw new InvalidSettingException(
          "fiddler.home", "a path without ~, which only a shell understands", home);
    }
  }

  /// The service's own folder, absolute.
  public Path homeFolder() {
    return Path.of(home).toAbsolutePath().normalize();
  }

  /// Where embedded models are unpacked.
  public Path modelCache() {
    return homeFolder().resolve("models");
  }

  /// Where request rows and counts wait that the database does not take.
  public Path spoolFolder() {
    return homeFolder().resolve("spool");
  }

  /// Where it is kept what simulations need to know of the service.
  public Path simulationFolder() {
    return homeFolder().resolve("simulation");
  }

  /// What the engine needs of it.
  public EngineOptions toEngineOptions() {
    return new EngineOptions(
        model.path(),
        homeFolder(),
        device.toDeviceOptions(),
        host.toHostOptions(),
        engine.toLimits(),
        dispatch.mode(),
        dispatch.toLaneOptions(),
        traces.toTraceOptions());
  }
}
