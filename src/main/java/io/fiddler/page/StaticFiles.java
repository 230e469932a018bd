package io.fiddler.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// Files by the exact paths at which they are served. All are read at the start, so that requests
/// never block.
public final class StaticFiles {
  private static final String INDEX = "index.html";

  private final Map<String, StaticFile> byPath;

  private StaticFiles(Map<String, StaticFile> byPath) {
    this.byPath = byPath;
  }

  /// A page of this service's own.
  ///
  /// @param folder on the class path; its files are at `/folder/`
  /// @param page path of its `index.html`
  /// @throws IllegalStateException if there is no such page
  public static StaticFiles page(String folder, String page) {
    String within = "/" + folder + "/";
    try {
      Map<String, StaticFile> byPath = new TreeMap<>();
      for (Resource own :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath:" + folder + "/**/*.*")) {
        String url = own.getURL().toString();
        String name = url.substring(url.lastIndexOf(within) + within.length());
        byPath.put(name.equals(INDEX) ? page : within + name, file(name, own));
      }
      if (!byPath.containsKey(page)) {
        throw new IllegalStateException(folder + "/" + INDEX + " must be on the class path");
      }
      return new StaticFiles(byPath);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Files of a webjar.
  ///
  /// @param group its Maven group
  /// @param artifact its Maven artifact
  /// @param folder in it, empty or with a slash at its end
  /// @param path at which the files are, with a slash at its end
  /// @param names of the files
  public static StaticFiles webjar(
      String group, String artifact, String folder, String path, Set<String> names) {
    try {
      String root = "META-INF/resources/webjars/" + artifact + "/" + version(group, artifact) + "/";
      Map<String, StaticFile> byPath = new TreeMap<>();
      for (String name : names) {
        byPath.put(path + name, file(name, new ClassPathResource(root + folder + name)));
      }
      return new StaticFiles(byPath);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One file; its path's ending tells what it is.
  static StaticFiles file(String path, byte[] content) {
    return new StaticFiles(Map.of(path, StaticFile.of(path, content)));
  }

  /// These and more.
  public StaticFiles and(StaticFiles more) {
    Map<String, StaticFile> both = new TreeMap<>(byPath);
    both.putAll(more.byPath);
    return new StaticFiles(both);
  }

  /// The file at a path.
  Optional<StaticFile> at(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /// The page that somebody who ends its path with a slash looks for.
  Optional<String> pageWithoutSlash(String path) {
    if (!path.endsWith("/")) {
      return Optional.empty();
    }
    String page = path.substring(0, path.length() - 1);
    return at(page).filter(StaticFile::isPage).map(_ -> page);
  }

  /// All paths with an answer: files hold no data of the service, so nobody needs a key for them.
  public Set<String> paths() {
    Set<String> paths = new TreeSet<>();
    byPath.forEach((path, file) -> {
      paths.add(path);
      if (file.isPage() && !path.endsWith("/")) {
        paths.add(path + "/");
      }
    });
    return Collections.unmodifiableSet(paths);
  }

  private static StaticFile file(String name, Resource resource) throws IOException {
    return StaticFile.of(name, resource.getContentAsByteArray());
  }

  private static String version(String group, String artifact) throws IOException {
    Properties properties = new Properties();
    String about = "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream in = new ClassPathResource(about).getInputStream()) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
