package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ChildJvm.Ended;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
  @Test
  void start_isRefusedWithOneLineAnd64_whenTheVectorModuleIsMissing() {
    Ended ended = ChildJvm.run(List.of("-Xmx256m"));

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.output().lines())
        .singleElement()
        .asString()
        .contains("--add-modules=jdk.incubator.vector");
  }

  @Test
  void start_warnsAndGoesOn_whenTheOtherFlagsAreMissing(@TempDir Path home) {
    // A refused setting ends it right after the warnings.
    Ended ended =
        ChildJvm.run(
            List.of("--add-modules=jdk.incubator.vector"),
            "--fiddler.home=" + home,
            "--fiddler.host.threads=-1");

    assertThat(ended.output().lines().filter(line -> line.contains(" WARN ")))
        .satisfiesExactly(
            heap -> assertThat(heap).contains("No -Xmx"),
            nativeAccess -> assertThat(nativeAccess).contains("No --enable-native-access"));
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  @Test
  void start_endsWithOneSentenceAndNoStackTrace_whenASettingBreaksItsRule(@TempDir Path home) {
    Ended ended =
        ChildJvm.run(
            ChildJvm.DOCUMENTED_FLAGS, "--fiddler.home=" + home, "--fiddler.engine.max-queued=0");

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output())
        .contains("Fiddler cannot start: fiddler.engine.max-queued must be at least 1, got 0")
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .doesNotContain("APPLICATION FAILED TO START");
    assertThat(ended.output().lines().filter(line -> line.contains("ERROR"))).hasSize(1);
  }
}
