package io.fiddler.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CommandLineTest {
  private enum Fruit {
    APPLE,
    PEAR
  }

  @Test
  void values_areTakenByName() {
    CommandLine line =
        new CommandLine("model", "--n=3", "--list=1,16", "--rate=1.5", "--fruit=pear", "--s=a=b");
    assertThat(line.operands(1)).containsExactly("model");
    assertThat(line.integer("n", 7, 1)).isEqualTo(3);
    assertThat(line.integer("m", 7, 1)).isEqualTo(7);
    assertThat(line.integers("list", List.of(), 1)).containsExactly(1, 16);
    assertThat(line.positive("rate")).hasValue(1.5);
    assertThat(line.constant("fruit", Fruit.class, Fruit.APPLE)).isEqualTo(Fruit.PEAR);
    assertThat(line.text("s")).hasValue("a=b");
    line.requireAllTaken();
  }

  @ParameterizedTest
  @CsvSource({
    "24GiB, 25769803776",
    "24GB, 25769803776",
    "1.5GiB, 1610612736",
    "512mib, 536870912",
    "4096, 4096",
    "7KiB, 7168",
    "1 TiB, 1099511627776"
  })
  void bytes_areRead(String value, long expected) {
    assertThat(new CommandLine("--size=" + value).bytes("size", 0)).isEqualTo(expected);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        refused(
            "--n=x", l -> l.integer("n", 1, 1), "--n must be a whole number of at least 1, got x"),
        refused(
            "--n=0", l -> l.integer("n", 1, 1), "--n must be a whole number of at least 1, got 0"),
        refused(
            "--n=1,,2",
            l -> l.integers("n", List.of(), 1),
            "--n must be a whole number of at least 1, got "),
        refused("--r=0", l -> l.positive("r"), "--r must be a number above 0, got 0"),
        refused("--r=NaN", l -> l.positive("r"), "--r must be a number above 0, got NaN"),
        refused("--r=fast", l -> l.positive("r"), "--r must be a number above 0, got fast"),
        refused(
            "--f=plum",
            l -> l.constant("f", Fruit.class, Fruit.APPLE),
            "--f must be one of [apple, pear], got plum"),
        refused(
            "--s=24XiB",
            l -> l.bytes("s", 0),
            "--s must be a size such as 24GiB or 512MiB, got 24XiB"),
        refused(
            "--s=-1", l -> l.bytes("s", 0), "--s must be a size such as 24GiB or 512MiB, got -1"),
        refused(
            "--s=9999999999TiB",
            l -> l.bytes("s", 0),
            "--s must be a size such as 24GiB or 512MiB, got 9999999999TiB"),
        refused("--foo=1", CommandLine::requireAllTaken, "unknown option --foo"),
        refused("stray", l -> l.operands(0), "an option begins with --, got stray"));
  }

  private static Arguments refused(String arg, Consumer<CommandLine> use, String message) {
    return Arguments.of(arg, use, message);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void value_isRefusedByItsRule_whenItIsWrong(
      String arg, Consumer<CommandLine> use, String message) {
    CommandLine line = new CommandLine(arg);
    assertThatThrownBy(() -> use.accept(line))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }

  @Test
  void options_needTheirForm() {
    assertThatThrownBy(() -> new CommandLine("--repeats"))
        .hasMessage("options have the form --name=value, got --repeats");
    assertThatThrownBy(() -> new CommandLine("-n=1"))
        .hasMessage("options have the form --name=value, got -n=1");
    assertThatThrownBy(() -> new CommandLine("--n=1", "--n=2")).hasMessage("--n is given twice");
    assertThat(new CommandLine("--help").isHelp()).isTrue();
    assertThat(new CommandLine("-h", "--n=1").isHelp()).isTrue();
    assertThat(new CommandLine("--n=1").isHelp()).isFalse();
  }
}
