package io.fiddler.config.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.engine.EngineOptions.QueueOptions;
import io.fiddler.engine.EngineOptions.TraceOptions;
import io.fiddler.learning.correction.CorrectionOptions;
import io.fiddler.placement.policy.PolicyCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

final class SettingsTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withInitializer(new ConfigDataApplicationContextInitializer())
          .withUserConfiguration(SettingsConfiguration.class);

  @Test
  void settings_becomeTheEnginesOptions() {
    runner
        .withPropertyValues(
            "fiddler.home=/var/lib/fiddler",
            "fiddler.model.path=/models/mixtral",
            "fiddler.device.kind=emulated",
            "fiddler.device.memory=22GiB",
            "fiddler.device.experts=12",
            "fiddler.device.ordinal=1",
            "fiddler.host.threads=3",
            "fiddler.host.kernels=float32",
            "fiddler.engine.max-queued=5",
            "fiddler.engine.max-running=4",
            "fiddler.engine.max-step-tokens=32",
            "fiddler.engine.kv-cache-tokens=4096",
            "fiddler.engine.kv-cache-max-share=0.25",
            "fiddler.engine.kv-cache-idle=500ms",
            "fiddler.engine.max-queued-per-key=2",
            "fiddler.engine.request-timeout=90s",
            "fiddler.engine.priority-ageing=5s",
            "fiddler.engine.share-prefix-cache=true",
            "fiddler.dispatch.mode=split",
            "fiddler.dispatch.reproducible=true",
            "fiddler.dispatch.timeline-every=3",
            "fiddler.traces.sample-rate=0.5",
            "fiddler.traces.max-size=64KB")
        .run(context ->
            assertThat(context.getBean(FiddlerProperties.class).toEngineOptions())
                .isEqualTo(
                    new EngineOptions(
                        "/models/mixtral",
                        Path.of("/var/lib/fiddler"),
                        new DeviceOptions(
                            DeviceOptions.Kind.EMULATED, DataSize.ofGigabytes(22).toBytes(), 12, 1),
                        new HostOptions(3, HostOptions.Kernels.FLOAT32),
                        new Limits(
                            5,
                            4,
                            32,
                            4096,
                            new CacheGrowth(0.25, Duration.ofMillis(500)),
                            new QueueOptions(2, Duration.ofSeconds(90), Duration.ofSeconds(5)),
                            PrefixCache.SHARED),
                        DispatchMode.SPLIT,
                        new LaneOptions(true, 3),
                        new TraceOptions(0.5, 65_536, 0))));
  }

  @Test
  void settings_haveDefaults_whenNothingIsSet() {
    runner.run(context -> {
      FiddlerProperties properties = context.getBean(FiddlerProperties.class);
      assertThat(properties.homeFolder())
          .isEqualTo(Path.of(System.getProperty("user.home"), ".fiddler"));
      assertThat(properties.model().path()).isEqualTo("tiny-moe");
      assertThat(properties.device().kind()).isEqualTo(DeviceOptions.Kind.AUTO);
      assertThat(properties.host().kernels()).isEqualTo(HostOptions.Kernels.AUTO);
      assertThat(properties.placement().halfLife()).isEqualTo(Duration.ofDays(7));
      assertThat(properties.placement().policies()).isEqualTo(PolicyCatalogue.withDefaults());
      assertThat(properties.placement().placementFile()).isEmpty();
      assertThat(properties.placement().statisticsFile()).isEmpty();
      assertThat(properties.security().hasAdminKey()).isFalse();
    });
  }

  @Test
  void correction_isAutomatic_exceptWhereRunsAreToBeReproducible() {
    runner.run(context -> {
      CorrectionProperties correction =
          context.getBean(FiddlerProperties.class).placement().correction();
      assertThat(correction.toOptions(false).mode()).isEqualTo(CorrectionOptions.Mode.AUTOMATIC);
      assertThat(correction.toOptions(true).mode()).isEqualTo(CorrectionOptions.Mode.SUGGEST);
      assertThat(correction.toOptions(false).window()).isEqualTo(Duration.ofMinutes(5));
      assertThat(correction.toOptions(false).rules().maxCopyBytesPerSecond())
          .isEqualTo(DataSize.ofGigabytes(1).toBytes());
    });
  }

  @Test
  void hostThreads_leaveOneProcessor_whenTheyAreZero() {
    assertThat(new HostProperties(0, HostOptions.Kernels.AUTO).effectiveThreads())
        .isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    assertThat(new HostProperties(7, HostOptions.Kernels.AUTO).effectiveThreads()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fiddler.device.kind=tpu               | fiddler.device.kind must be one of auto, cuda, emulated, none, got tpu
          fiddler.device.memory=lots            | fiddler.device.memory must be a size such as 24GiB or 512MiB, got lots
          fiddler.device.memory=-1GB            | fiddler.device.memory must be zero or larger, got -1073741824B
          fiddler.device.experts=-2             | fiddler.device.experts must be a number of experts, or -1 for as many as fit, got -2
          fiddler.host.threads=-1               | fiddler.host.threads must be at least 0, got -1
          fiddler.host.threads=two              | fiddler.host.threads must be a whole number, got two
          fiddler.engine.max-queued=0           | fiddler.engine.max-queued must be at least 1, got 0
          fiddler.engine.max-running=0          | fiddler.engine.max-running must be at least 1, got 0
          fiddler.engine.max-step-tokens=0      | fiddler.engine.max-step-tokens must be at least 1, got 0
          fiddler.engine.max-step-tokens=2      | fiddler.engine.max-step-tokens must be at least fiddler.engine.max-running (16), a token for each sequence, got 2
          fiddler.engine.kv-cache-tokens=-1     | fiddler.engine.kv-cache-tokens must be at least 0, got -1
          fiddler.engine.kv-cache-max-share=1.1 | fiddler.engine.kv-cache-max-share must be in [0, 1], got 1.1
          fiddler.engine.kv-cache-idle=-1s      | fiddler.engine.kv-cache-idle must be zero or longer, got -1s
          fiddler.engine.max-queued-per-key=-1  | fiddler.engine.max-queued-per-key must be at least 0, got -1
          fiddler.engine.request-timeout=-1s    | fiddler.engine.request-timeout must be zero or longer, got -1s
          fiddler.engine.priority-ageing=0s     | fiddler.engine.priority-ageing must be longer than zero, such as 1s or 7d, got 0s
          fiddler.dispatch.mode=fast            | fiddler.dispatch.mode must be one of auto, host, stream, split, got fast
          fiddler.placement.half-life=0s        | fiddler.placement.half-life must be longer than zero, such as 1s or 7d, got 0s
          fiddler.placement.half-life=soon      | fiddler.placement.half-life must be a duration such as 500ms, 30s or 7d, got soon
          fiddler.traces.sample-rate=1.5        | fiddler.traces.sample-rate must be a share from 0 to 1, such as 0.01, got 1.5
          fiddler.traces.sample-rate=all        | fiddler.traces.sample-rate must be a number, got all
          fiddler.traces.max-size=0B            | fiddler.traces.max-size must be larger than zero, such as 4MB, got 0B
          fiddler.simulation.max-tokens=0       | fiddler.simulation.max-tokens must be at least 1, got 0
          fiddler.simulation.time-limit=0s      | fiddler.simulation.time-limit must be longer than zero, such as 1s or 7d, got 0s
          fiddler.placement.policy=best         | fiddler.placement.policy: policy must be one of auto, even, frequency, decode-weighted, tenant-weighted, blend, got best
          fiddler.placement.policy=blend:recent=2 | fiddler.placement.policy: recent of blend must be in [0, 1], got 2.0
          fiddler.placement.decode-weight=0     | fiddler.placement.decode-weight must be a number above 0, got 0.0
          fiddler.placement.correction.mode=on  | fiddler.placement.correction.mode must be one of off, suggest, automatic, got on
          fiddler.placement.correction.window=0s | fiddler.placement.correction.window must be longer than zero, such as 1s or 7d, got 0s
          fiddler.placement.correction.max-copy-rate=0B | fiddler.placement.correction.max-copy-rate must be larger than zero, such as 4MB, got 0B
          fiddler.placement.correction.dwell=-1s | fiddler.placement.correction.dwell must be zero or longer, got -1s
          fiddler.placement.correction.margin=-0.1 | fiddler.placement.correction.margin must be a number of at least 0, got -0.1
          fiddler.placement.correction.confidence=sure | fiddler.placement.correction.confidence must be a number, got sure
          fiddler.placement.correction.horizon=0s | fiddler.placement.correction.horizon must be longer than zero, such as 1s or 7d, got 0s
          fiddler.placement.drift.hit-rate=0     | fiddler.placement.drift.hit-rate must be above 0 and at most 1, got 0.0
          fiddler.placement.drift.divergence=1.5 | fiddler.placement.drift.divergence must be above 0 and at most 1, got 1.5
          fiddler.store.flush-interval=-1s      | fiddler.store.flush-interval must be longer than zero, such as 1s or 7d, got -1s
          fiddler.store.buffer=0                | fiddler.store.buffer must be at least 1, got 0
          fiddler.store.buffer-size=0B          | fiddler.store.buffer-size must be larger than zero, such as 4MB, got 0B
          fiddler.store.spool.max-size=-1B      | fiddler.store.spool.max-size must be zero or larger, got -1B
          fiddler.store.spool.max-size=much     | fiddler.store.spool.max-size must be a size such as 24GiB or 512MiB, got much
          fiddler.store.on-full=wait            | fiddler.store.on-full must be one of drop, reject, got wait
          fiddler.store.start-timeout=-1s       | fiddler.store.start-timeout must be zero or longer, got -1s
          fiddler.store.close-timeout=-1s       | fiddler.store.close-timeout must be zero or longer, got -1s
          fiddler.store.retention.hours=-1d     | fiddler.store.retention.hours must be zero or longer, got -24h
          fiddler.store.retention.requests=long | fiddler.store.retention.requests must be a duration such as 500ms, 30s or 7d, got long
          fiddler.store.required=perhaps        | fiddler.store.required must be true or false, got perhaps
          fiddler.log.text=some                 | fiddler.log.text must be true or false, got some
          fiddler.security.admin-key=short      | fiddler.security.admin-key must be at least 16 characters long, got 5 characters
          fiddler.api.max-body-size=0B          | fiddler.api.max-body-size must be larger than zero, such as 4MB, got 0B
          fiddler.model.path=                   | fiddler.model.path must not be blank
          fiddler.home=~/data                   | fiddler.home must be a path without ~, which only a shell understands, got ~/data
          fiddler.device.ordinal=-1             | fiddler.device.ordinal must be the number of a GPU, counted from 0, got -1
          fiddler.device.expert=3               | fiddler.device.expert is not a setting of Fiddler; application.yml lists all there are
          server.address=0.0.0.0                | server.address must be an address of this machine alone, such as 127.0.0.1, unless fiddler.security.admin-key or admin-key-file is set, got 0.0.0.0
          server.address=                       | server.address must be an address of this machine alone, such as 127.0.0.1, unless fiddler.security.admin-key or admin-key-file is set, got nothing
          management.server.port=9090           | management.server.port must not be set, operations are served on server.port, got 9090
          fiddler.api.max-body-size=2GB         | fiddler.api.max-body-size must be at most 1GB, got 2147483648B
          fiddler.api.max-body-memory=1MB       | fiddler.api.max-body-memory must be at least fiddler.api.max-body-size (4194304B), or 0 for an eighth of the heap, got 1048576B
          spring.datasource.url=jdbc:postgresql://localhost:port/fiddler | spring.datasource.url must be empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler, got jdbc:postgresql://localhost:port/fiddler
          spring.datasource.url=jdbc:postgresql://localhost:70000/fiddler | spring.datasource.url must be empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler, got jdbc:postgresql://localhost:70000/fiddler
          spring.datasource.url=postgres://me:secret@localhost/fiddler | spring.datasource.url must be empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler, got postgres://...@localhost/fiddler
          spring.datasource.url=jdbc:postgresql//localhost/fiddler | spring.datasource.url must be empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler, got jdbc:postgresql//localhost/fiddler
          fiddler.store.embedded=false           | spring.datasource.url must be set, such as to jdbc:postgresql://localhost:5432/fiddler, or fiddler.store.embedded to true for the embedded database, got neither
          spring.datasource.url=jdbc:mysql://localhost/fiddler?password=secret | spring.datasource.url must be empty or a PostgreSQL URL such as jdbc:postgresql://localhost:5432/fiddler, got jdbc:mysql://localhost/fiddler?...
          """)
  void start_isRefusedWithOneSentence_whenASettingBreaksItsRule(String setting, String sentence) {
    runner
        .withPropertyValues(setting)
        .run(context -> {
          FailureAnalysis analysis =
              new SettingFailureAnalyzer()
                  .analyze(Objects.requireNonNull(context.getStartupFailure()));
          assertThat(analysis).isNotNull();
          assertThat(analysis.getDescription()).isEqualTo(sentence);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "jdbc:postgresql://localhost:5432/fiddler",
        "jdbc:postgresql://[::1]/fiddler?sslmode=require&connectTimeout=2",
        "jdbc:postgresql://one:5432,two:5433/fiddler",
        "jdbc:postgresql:fiddler"
      })
  void databaseUrl_isAccepted_whenTheDriverUnderstandsIt(String url) {
    runner
        .withPropertyValues("spring.datasource.url=" + url)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "127.9.9.9"})
  void addressOfThisMachine_isAccepted_withoutAKey(String address) {
    runner
        .withPropertyValues("server.address=" + address)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void otherAddress_isAccepted_whenAKeyIsSet() {
    runner
        .withPropertyValues("server.address=0.0.0.0", "fiddler.security.admin-key=0123456789abcdef")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void adminKey_isNotPrinted() {
    assertThat(security("0123456789abcdef", "").toString()).doesNotContain("0123");
  }

  @Test
  void adminKeyFile_isRead_withoutWhatStandsAroundTheKey(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "\n  0123456789abcdef \n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    SecurityProperties secret = security("", file.toString());

    assertThat(secret.toOptions().adminKey()).isEqualTo("0123456789abcdef");
    assertThat(secret.warning()).isEmpty();
    assertThat(secret.toString()).doesNotContain("0123");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(secret.warning())
        .hasValueSatisfying(warning -> assertThat(warning).contains("chmod 600", file.toString()));
  }

  @Test
  void adminKeyFile_isRefused_whenItHoldsNoKey(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key");
    assertThatThrownBy(() -> security("", file.toString()))
        .hasMessage(
            "fiddler.security.admin-key-file must be a file that can be read as text, got " + file);
    Files.writeString(file, " \n");
    assertThatThrownBy(() -> security("", file.toString()))
        .hasMessage(
            "fiddler.security.admin-key-file must be a file with a key in it, got an empty "
                + file);
    Files.writeString(file, "short\n");
    assertThatThrownBy(() -> security("", file.toString()))
        .hasMessage(
            "fiddler.security.admin-key-file must be at least 16 characters long, got 5 characters");
    assertThatThrownBy(() -> security("0123456789abcdef", file.toString()))
        .hasMessage(
            "fiddler.security.admin-key and fiddler.security.admin-key-file must not both be set");
  }

  private static SecurityProperties security(String key, String file) {
    return new SecurityProperties(
        key,
        file,
        new KeysProperties(Duration.ofSeconds(10), Duration.ofMinutes(15), Duration.ofSeconds(2)));
  }
}
