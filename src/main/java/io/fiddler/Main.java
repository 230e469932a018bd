package io.fiddler;

import io.fiddler.bench.EngineMain;
import io.fiddler.config.FiddlerConfiguration;
import io.fiddler.config.command.KeysCommand;
import io.fiddler.config.command.SimulateCommand;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/// Entry point: checks the JVM's flags, then starts the service.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(FiddlerConfiguration.class)
public final class Main {
  private Main() {}

  /// Starts the service, or runs one of {@link EngineMain}'s commands, such as `bench`, or {@link
  /// SimulateCommand} or {@link KeysCommand}, if the first argument names one.
  ///
  /// Ends the process with code 64 if the JVM lacks a flag the engine cannot do without, 1 if the
  /// service cannot start or the model cannot be loaded.
  public static void main(String[] args) {
    Optional<String> refusal = JvmFlags.refusal();
    if (refusal.isPresent()) {
      System.err.println(refusal.get());
      System.exit(JvmFlags.EXIT_USAGE);
    }
    EngineMain.run(args, System.out, System.err).ifPresent(System::exit);
    SimulateCommand.run(args, System.out, System.err).ifPresent(System::exit);
    KeysCommand.run(args, System.out, System.err).ifPresent(System::exit);
    SpringApplication application = new SpringApplication(Main.class);
    List<String> warnings = JvmFlags.warnings();
    // An initializer is the first thing that runs once logging is set up.
    application.addInitializers(
        context -> warnings.forEach(LoggerFactory.getLogger(Main.class)::warn));
    application.run(args);
  }
}
