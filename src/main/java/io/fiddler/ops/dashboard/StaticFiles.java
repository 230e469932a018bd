package io.fiddler.ops.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// The page's files: its own from `dashboard/` on the class path, and the charts' from their
/// webjar. All are read at the start, so that requests never block.
public final class StaticFiles {
  /// Where the page is.
  public static final String PAGE = "/dashboard";

  private static final String FOLDER = "/dashboard/";
  private static final String INDEX = "index.html";
  private static final String WEBJAR = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private final Map<String, StaticFile> byPath;

  private StaticFiles(Map<String, StaticFile> byPath) {
    this.byPath = byPath;
  }

  /// Reads them.
  public static StaticFiles read() {
    try {
      Map<String, StaticFile> byPath = new TreeMap<>();
      for (Resource own :
          new PathMatchingResourcePatternResolver().getResources("classpath:dashboard/**/*.*")) {
        String url = own.getURL().toString();
        String name = url.substring(url.lastIndexOf(FOLDER) + FOLDER.length());
        byPath.put(name.equals(INDEX) ? PAGE : FOLDER + name, file(name, own));
      }
      if (!byPath.containsKey(PAGE)) {
        throw new IllegalStateException("dashboard/" + INDEX + " must be on the class path");
      }
      String charts = "META-INF/resources/webjars/uplot/" + chartsVersion() + "/dist/";
      for (String name : Set.of("uPlot.esm.js", "uPlot.min.css")) {
        byPath.put(FOLDER + "uplot/" + name, file(name, new ClassPathResource(charts + name)));
      }
      return new StaticFiles(byPath);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file at a path.
  Optional<StaticFile> at(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /// The paths of all files: they hold no data of the service, so nobody needs a key for them.
  public Set<String> paths() {
    return Stream.concat(Stream.of(FOLDER), byPath.keySet().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static StaticFile file(String name, Resource resource) throws IOException {
    return StaticFile.of(name, resource.getContentAsByteArray());
  }

  private static String chartsVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = new ClassPathResource(WEBJAR).getInputStream()) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
