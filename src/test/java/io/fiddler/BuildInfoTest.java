package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/// What the build says of itself holds nothing that differs between two builds of the same sources.
final class BuildInfoTest {
  @Test
  void time_isThatOfTheRelease() throws IOException {
    Properties build = read("META-INF/build-info.properties");

    assertThat(Files.readString(Path.of("pom.xml")))
        .contains(
            "<project.build.outputTimestamp>%s</project.build.outputTimestamp>"
                .formatted(build.getProperty("build.time")));
  }

  @Test
  void commit_isToldWithoutTheMachine() throws IOException {
    // Sources without their repository, such as an archive, have none of them.
    assertThat(read("git.properties").stringPropertyNames())
        .isSubsetOf("git.commit.id.full", "git.commit.id.abbrev", "git.commit.time", "git.dirty");
  }

  private static Properties read(String name) throws IOException {
    return PropertiesLoaderUtils.loadProperties(new ClassPathResource(name));
  }
}
