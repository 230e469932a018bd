package io.fiddler.config.command;

import io.fiddler.bench.cli.UsageException;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.learning.simulation.KeptBasis;
import io.fiddler.learning.simulation.NoTracesException;
import io.fiddler.learning.simulation.SimulationBasis;
import io.fiddler.learning.simulation.SimulationReport;
import io.fiddler.learning.simulation.Simulator;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.store.MigrationFailedException;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.TraceRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `fiddler simulate`: what-if questions about recorded traffic, without serving.
public final class SimulateCommand {
  private static final String NAME = "simulate";
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 64;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final PrintStream out;
  private final PrintStream err;

  private SimulateCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// Runs it if the first argument names it.
  ///
  /// @return exit code: 0, 64 if an argument is wrong, 1 if it failed for another reason that was
  ///   told; empty if the first argument names another command
  public static OptionalInt run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0 || !args[0].equals(NAME)) {
      return OptionalInt.empty();
    }
    List<String> given = Arrays.asList(args).subList(1, args.length);
    if (given.contains("--help") || given.contains("-h")) {
      out.print(SimulateOptions.USAGE);
      return OptionalInt.of(0);
    }
    return OptionalInt.of(new SimulateCommand(out, err).run(given));
  }

  private int run(List<String> args) {
    try {
      SimulateOptions options = SimulateOptions.of(args);
      SimulationReport report = answer(options);
      write(options, report);
      return 0;
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("fiddler simulate --help lists the options");
      return EXIT_USAGE;
    } catch (IOException
        | IllegalArgumentException
        | NoTracesException
        | StoreUnavailableException
        | MigrationFailedException e) {
      err.println(e.getMessage());
      return EXIT_FAILURE;
    } catch (SettingsException e) {
      // What is wrong has been told in one sentence.
      err.println("While the service runs, it answers GET /actuator/simulation itself.");
      return EXIT_FAILURE;
    }
  }

  /// The settings or the database could not be used; the sentence is out already.
  private static final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SettingsException(Throwable cause) {
      super(cause);
    }
  }

  private static SimulationReport answer(SimulateOptions options) throws IOException {
    if (options.traces().isPresent() && options.machine().isPresent()) {
      return answer(
          options,
          KeptBasis.read(options.machine().get()),
          TraceFile.read(options.traces().get()),
          PolicyCatalogue.withDefaults());
    }
    try (RecordedTraces recorded = open(options)) {
      FiddlerProperties properties = recorded.properties();
      SimulationBasis basis =
          options.machine().isPresent()
              ? KeptBasis.read(options.machine().get())
              : latest(properties.simulationFolder());
      List<TraceRecord> traces =
          options.traces().isPresent()
              ? TraceFile.read(options.traces().get())
              : recorded
                  .traces()
                  .latest(
                      basis.fingerprint(),
                      Simulator.maxTokens(basis, properties.simulation().maxTokens()));
      return answer(options, basis, traces, properties.placement().policies());
    }
  }

  private static RecordedTraces open(SimulateOptions options) {
    try {
      return RecordedTraces.open(options.settings().toArray(String[]::new));
    } catch (StoreUnavailableException | MigrationFailedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SettingsException(e);
    }
  }

  private static SimulationBasis latest(Path folder) throws IOException {
    return new KeptBasis(folder)
        .latest()
        .orElseThrow(() ->
            new IOException(
                "%s does not tell of a machine yet: run the service with this fiddler.home, send it some requests and stop it, or name a file with --machine"
                    .formatted(folder)));
  }

  private static SimulationReport answer(
      SimulateOptions options,
      SimulationBasis basis,
      List<TraceRecord> traces,
      PolicyCatalogue policies)
      throws IOException {
    if (options.export().isPresent()) {
      TraceFile.write(options.export().get(), traces);
    }
    return new Simulator(policies).answer(basis, traces, options.whatIf(), null);
  }

  private void write(SimulateOptions options, SimulationReport report) throws IOException {
    String json = options.json().isPresent() ? JSON.writeValueAsString(report) : "";
    if (options.json().filter("-"::equals).isPresent()) {
      out.println(json);
      return;
    }
    new SimulationText(out).print(report);
    if (options.json().isPresent()) {
      Files.writeString(Path.of(options.json().get()), json + "\n");
    }
  }
}
