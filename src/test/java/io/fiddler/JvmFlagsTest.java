package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JvmFlagsTest {
  @Test
  void refusal_isEmpty_whenTheVectorModuleIsThere() {
    assertThat(JvmFlags.refusal()).isEmpty();
  }

  @Test
  void warnings_areNone_whenHeapAndNativeAccessAreGiven() {
    assertThat(JvmFlags.warnings(List.of("-Xmx2g"), true)).isEmpty();
    assertThat(JvmFlags.warnings(List.of("-XX:MaxRAMPercentage=10"), true)).isEmpty();
  }

  @Test
  void warnings_nameEachMissingFlagOnce() {
    assertThat(JvmFlags.warnings(List.of("-Xms1g", "-ea"), false))
        .satisfiesExactly(
            heap -> assertThat(heap).contains("-Xmx").doesNotContain("\n"),
            nativeAccess ->
                assertThat(nativeAccess)
                    .contains("--enable-native-access=ALL-UNNAMED")
                    .doesNotContain("\n"));
  }
}
