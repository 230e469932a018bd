import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Writes jars anew for a bundle: `java StoredJars.java LIB_FOLDER NATIVE_FOLDER JAR...`
///
/// Entries are stored, not compressed, because xz packs the whole bundle and does it better. What
/// only other platforms or unused parts need is left out. JCuda's native libraries go to
/// NATIVE_FOLDER as files: from a jar they would be copied to java.io.tmpdir under fixed names.
final class StoredJars {
  private static final String PLATFORM = "linux-x86_64";

  public static void main(String[] args) throws IOException {
    Path libraries = Files.createDirectories(Path.of(args[0]));
    Path natives = Files.createDirectories(Path.of(args[1]));
    for (String jar : List.of(args).subList(2, args.length)) {
      Path source = Path.of(jar);
      String name = source.getFileName().toString();
      try (ZipFile zip = new ZipFile(source.toFile())) {
        if (name.matches("j(cuda|cublas)-natives-.*")) {
          unpackLibraries(zip, natives);
        } else {
          copy(zip, name, libraries.resolve(name));
        }
      }
    }
  }

  private static void unpackLibraries(ZipFile zip, Path folder) throws IOException {
    for (ZipEntry entry : entries(zip)) {
      String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
      // The PTX compiler is 24 MB; Fiddler has the driver compile its PTX.
      if (file.endsWith(".so") && !file.contains("JNvPTXCompiler")) {
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, folder.resolve(file));
        }
      }
    }
  }

  private static void copy(ZipFile zip, String jar, Path target) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      out.setMethod(ZipOutputStream.STORED);
      // Folders have entries too: without them Spring's scan and Flyway find nothing.
      for (ZipEntry entry : entries(zip)) {
        if (wanted(jar, entry.getName())) {
          out.putNextEntry(stored(entry));
          try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
    }
  }

  private static boolean wanted(String jar, String entry) {
    return !jar.startsWith("tokenizers-")
        || !entry.startsWith("native/lib/")
        || entry.contains(PLATFORM)
        || entry.endsWith(".properties");
  }

  private static ZipEntry stored(ZipEntry entry) {
    ZipEntry stored = new ZipEntry(entry.getName());
    stored.setTime(entry.getTime());
    stored.setSize(entry.getSize());
    stored.setCompressedSize(entry.getSize());
    stored.setCrc(entry.isDirectory() ? new CRC32().getValue() : entry.getCrc());
    return stored;
  }

  private static List<ZipEntry> entries(ZipFile zip) {
    return zip.stream().<ZipEntry>map(entry -> entry).toList();
  }
}
