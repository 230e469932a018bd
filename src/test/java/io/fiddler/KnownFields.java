package io.fiddler;

import io.fiddler.api.json.JsonFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The names of the fields that compiled readers ask a request for: the string constants that are
/// handed to [JsonFields], or beside one to a method of the reader's own. So nobody has to keep a
/// list of them.
final class KnownFields {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final String FIELDS = JsonFields.class.getName().replace('.', '/');

  /// Names that are no place within a request.
  private static final Pattern NAME = Pattern.compile("[a-z_]+");

  private final Set<String> names = new TreeSet<>();

  /// Constants that no call has taken yet; one of several where a condition chooses.
  private final List<Set<String>> pending = new ArrayList<>();

  private final Map<Integer, Set<String>> locals = new HashMap<>();

  private KnownFields() {}

  /// All that the classes of some packages read.
  ///
  /// @param packages such as `io.fiddler.api.completion`, those within included
  static Set<String> of(String... packages) {
    KnownFields known = new KnownFields();
    for (String name : packages) {
      try (Stream<Path> files = Files.walk(CLASSES.resolve(name.replace('.', '/')))) {
        files.filter(file -> file.toString().endsWith(".class")).forEach(known::collect);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return known.names;
  }

  private void collect(Path file) {
    try {
      for (MethodModel method : ClassFile.of().parse(file).methods()) {
        pending.clear();
        locals.clear();
        method.code().ifPresent(code -> code.forEach(this::collect));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void collect(CodeElement element) {
    switch (element) {
      case ConstantInstruction constant when constant.constantValue() instanceof String text ->
          pending.add(Set.of(text));
      case LoadInstruction load when locals.containsKey(load.slot()) ->
          pending.add(locals.get(load.slot()));
      case StoreInstruction store -> {
        Set<String> all = new TreeSet<>();
        pending.forEach(all::addAll);
        pending.clear();
        if (all.isEmpty()) {
          locals.remove(store.slot());
        } else {
          locals.put(store.slot(), all);
        }
      }
      case InvokeInstruction call -> invoked(call);
      default -> {}
    }
  }

  private void invoked(InvokeInstruction call) {
    String parameters = call.type().stringValue();
    boolean asks =
        call.owner().asInternalName().equals(FIELDS)
            && call.opcode() == Opcode.INVOKEVIRTUAL
            && parameters.startsWith("(Ljava/lang/String;");
    boolean hands = parameters.startsWith("(L" + FIELDS + ";Ljava/lang/String;");
    if ((asks || hands) && !pending.isEmpty()) {
      pending.getLast().stream().filter(NAME.asMatchPredicate()).forEach(names::add);
    }
    int taken = Math.min(pending.size(), call.typeSymbol().parameterCount());
    pending.subList(pending.size() - taken, pending.size()).clear();
  }
}
