package io.fiddler.model.load;

import io.fiddler.model.ModelLoadException;
import io.fiddler.safetensors.IoReason;
import io.fiddler.safetensors.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The model inside the jar, unpacked once into a directory named by its digest. Safe with several
/// processes at once, and after one that died half way.
final class EmbeddedModel {
  static final String NAME = "tiny-moe";

  private static final String RESOURCES = "/models/" + NAME + "/";
  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model-00001-of-00002.safetensors",
          "model-00002-of-00002.safetensors",
          "model.safetensors.index.json",
          "tokenizer.json",
          "tokenizer_config.json");
  private static final String PARTIAL = ".partial";

  private final Path cacheDirectory;

  EmbeddedModel(Path cacheDirectory) {
    this.cacheDirectory = cacheDirectory;
  }

  /// The directory of the unpacked model.
  Path unpack() {
    try {
      Files.createDirectories(cacheDirectory);
      // File locks keep other processes out, this keeps out the threads of this one.
      synchronized (EmbeddedModel.class) {
        try (FileChannel channel =
                FileChannel.open(
                    cacheDirectory.resolve(NAME + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock _ = channel.lock()) {
          return unpackAlone();
        }
      }
    } catch (UncheckedIOException e) {
      throw cannotUnpack(Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw cannotUnpack(e);
    }
  }

  private ModelLoadException cannotUnpack(IOException e) {
    return new ModelLoadException(
        "cannot unpack %s into %s: %s".formatted(NAME, cacheDirectory, IoReason.of(e)), e);
  }

  private Path unpackAlone() throws IOException {
    List<String> digests = new ArrayList<>();
    for (String file : FILES) {
      try (InputStream in = resource(file)) {
        digests.add(sha256(in));
      }
    }
    String digest = Sha256.hex(String.join("\n", digests).getBytes(StandardCharsets.UTF_8));
    Path target = cacheDirectory.resolve(NAME + "-" + digest.substring(0, 16));
    if (!isComplete(target, digests)) {
      delete(target);
      Path partial = cacheDirectory.resolve(NAME + PARTIAL);
      delete(partial);
      Files.createDirectory(partial);
      for (String file : FILES) {
        try (InputStream in = resource(file)) {
          Files.copy(in, partial.resolve(file));
        }
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return target;
  }

  private static boolean isComplete(Path directory, List<String> digests) throws IOException {
    for (int i = 0; i < FILES.size(); i++) {
      Path file = directory.resolve(FILES.get(i));
      if (!Files.isRegularFile(file)) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        if (!sha256(in).equals(digests.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = EmbeddedModel.class.getResourceAsStream(RESOURCES + file);
    if (in == null) {
      throw new IOException("the class path lacks " + RESOURCES + file);
    }
    return in;
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String sha256(InputStream in) throws IOException {
    try (DigestInputStream digesting = new DigestInputStream(in, Sha256.digest())) {
      digesting.transferTo(OutputStream.nullOutputStream());
      return Sha256.hex(digesting.getMessageDigest());
    }
  }
}
