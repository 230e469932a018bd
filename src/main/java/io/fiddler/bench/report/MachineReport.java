package io.fiddler.bench.report;

import com.sun.management.OperatingSystemMXBean;
import io.fiddler.device.DeviceInfo;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What ran, on what and when. Nothing that tells whose machine it is.
///
/// @param cpu model name
/// @param cores processors this process may use
/// @param memoryBytes memory it may use
/// @param device name of the device
/// @param deviceKind `cuda`, `emulated` or `none`
/// @param deviceMemoryBytes what the process may take on the device
/// @param java version of the JVM
/// @param version of Fiddler; null where it does not run from a jar
/// @param date begin of the run
public record MachineReport(
    String cpu,
    int cores,
    long memoryBytes,
    String device,
    String deviceKind,
    long deviceMemoryBytes,
    String java,
    @Nullable String version,
    String date) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /// This machine, with a device.
  public static MachineReport of(DeviceInfo device) {
    return new MachineReport(
        cpuName(),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
        device.name(),
        device.kind(),
        device.memoryBytes(),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        packaged(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static String cpuName() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not Linux
    }
  }

  private static @Nullable String packaged() {
    Package root = MachineReport.class.getPackage();
    return root == null ? null : root.getImplementationVersion();
  }

  /// For people.
  public List<String> lines() {
    return List.of(
        "%s, %d cores, %.0f GiB".formatted(cpu, cores, memoryBytes / (double) (1L << 30)),
        "%s; Fiddler %s; %s".formatted(java, version == null ? "unpacked" : version, date));
  }
}
