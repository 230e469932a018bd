package io.fiddler.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

final class ReplicaTest {
  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void name_isTheConfiguredOne() {
    assertThat(new Replica(" blue ", environment).get()).isEqualTo("blue");
  }

  @Test
  void processesOnOneHost_differByTheirPorts() {
    environment.setProperty("server.port", "8081");
    String first = new Replica("", environment).get();
    environment.setProperty("server.port", "8082");
    String second = new Replica("", environment).get();

    assertThat(first).endsWith(":8081").doesNotStartWith(":");
    assertThat(second).endsWith(":8082");
  }

  @Test
  void name_hasThePortThatIsServed_whenTheSystemChoseIt() {
    environment.setProperty("server.port", "0");
    environment.setProperty("local.server.port", "41234");

    assertThat(new Replica("", environment).get()).endsWith(":41234");
  }
}
