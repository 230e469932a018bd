package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class LauncherTest {
  private static final int JAVA_17 = 61;

  @Test
  void launcher_canBeLoadedByAnOldJava() throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            Objects.requireNonNull(Launcher.class.getResourceAsStream("Launcher.class")))) {
      assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
      in.readUnsignedShort(); // minor version
      assertThat(in.readUnsignedShort()).isEqualTo(JAVA_17);
    }
  }
}
