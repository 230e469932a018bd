package io.fiddler;

import io.fiddler.api.json.JsonFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The names of the fields that compiled readers ask a request for: the string constants that stand
/// before calls of [JsonFields]. Nobody has to keep a list of them.
final class KnownFields {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final String READER = JsonFields.class.getName().replace('.', '/');

  private KnownFields() {}

  /// All that the classes of some packages read.
  ///
  /// @param packages such as `io.fiddler.api.completion`, those within included
  static Set<String> of(String... packages) {
    Set<String> names = new TreeSet<>();
    for (String name : packages) {
      try (Stream<Path> files = Files.walk(CLASSES.resolve(name.replace('.', '/')))) {
        files
            .filter(file -> file.toString().endsWith(".class"))
            .forEach(file -> collect(file, names));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return names;
  }

  private static void collect(Path file, Set<String> names) {
    try {
      for (MethodModel method : ClassFile.of().parse(file).methods()) {
        method.code().ifPresent(code -> collect(code.elementList(), names));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void collect(Iterable<CodeElement> code, Set<String> names) {
    @Nullable String latest = null;
    for (CodeElement element : code) {
      if (element instanceof ConstantInstruction constant
          && constant.constantValue() instanceof String text) {
        latest = latest == null ? text : latest;
      } else if (element instanceof InvokeInstruction call) {
        boolean reads =
            call.owner().asInternalName().equals(READER)
                && call.type().stringValue().startsWith("(Ljava/lang/String;");
        if (reads && latest != null) {
          names.add(latest);
        }
        latest = null;
      }
    }
  }
}
