package io.fiddler.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedHeaderTest {
  private static final byte[] DATA = new byte[24];

  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = directory.resolve("model.safetensors");
  }

  private void assertRefused(byte[] bytes, String expected) {
    SafetensorsFixture.writeBytes(file, bytes);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(expected.replace("FILE", file.toString()));
  }

  private void assertHeaderRefused(String header, String expected) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    assertRefused(SafetensorsFixture.bytes(json.length, json, DATA), expected);
  }

  @Test
  void open_readsNothing_whenTheHeaderIsEmptyAndThereIsNoData() {
    SafetensorsFixture.write(file, "{}   ", new byte[0]);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.tensors()).isEmpty();
    }
  }

  @Test
  void open_readsEveryShape_whenTheyAreValid() {
    new SafetensorsFixture()
        .put("scalar", "F32", List.of(), new byte[4])
        .put("empty", "BF16", List.of(0, 7), new byte[0])
        .put("half bytes", "F4", List.of(2, 3), new byte[3])
        .put("deep", "I64", List.of(1, 1, 2, 1), new byte[16])
        .write(file);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.tensors())
          .extracting(StoredTensor::sizeBytes)
          .containsExactly(4L, 0L, 3L, 16L);
      assertThat(open.tensors().getFirst().shape()).isEmpty();
      assertThat(open.tensors().getLast().elementType()).isEmpty();
      assertThat(open.tensors().getLast().dtypeName()).isEqualTo("I64");
    }
  }

  @Test
  void open_namesTheFile_whenItIsMissing() {
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage("cannot open %s: there is no such file".formatted(file));
  }

  @Test
  void open_refuses_whenTheFileHasNoLength() {
    assertRefused(
        new byte[5], "a safetensors file has at least 8 bytes, this one is truncated to 5 (FILE)");
  }

  @ParameterizedTest
  @CsvSource({
    "100000001, 100000001",
    "9223372036854775807, 9223372036854775807",
    "-1, 18446744073709551615"
  })
  void open_refuses_whenTheHeaderIsTooLong(long length, String shown) {
    assertRefused(
        SafetensorsFixture.bytes(length, new byte[0], DATA),
        "the header's length must be in [0, 100000000], got " + shown + " (FILE)");
  }

  @Test
  void open_refuses_whenTheFileEndsInTheHeader() {
    assertRefused(
        SafetensorsFixture.bytes(100, new byte[0], DATA),
        "the header's length is 100, but only 24 bytes follow; the file is truncated (FILE)");
  }

  @Test
  void open_refuses_whenTheFileEndsInTheData() {
    assertHeaderRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[0,28]}}",
        """
        tensor "a" ends at byte 28 of the data, but there are only 24; the file is truncated or \
        its data_offsets are wrong (FILE)\
        """);
  }

  @Test
  void open_refuses_whenTensorsOverlap() {
    assertHeaderRefused(
        """
        {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},\
        "b":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}}\
        """,
        """
        tensor "b" must begin at byte 16 of the data, where tensor "a" ends, got 12: they overlap \
        (FILE)\
        """);
  }

  @Test
  void open_refuses_whenThereIsAHole() {
    assertHeaderRefused(
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
        "b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}\
        """,
        """
        tensor "b" must begin at byte 4 of the data, where tensor "a" ends, got 8: they leave a \
        hole (FILE)\
        """);
  }

  @Test
  void open_refuses_whenBytesAreLeftOver() {
    assertHeaderRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]}}",
        "4 bytes follow the last tensor, tensor \"a\" (FILE)");
  }

  @Test
  void open_refuses_whenANameComesTwice() {
    assertHeaderRefused(
        """
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},\
        "a":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}}\
        """,
        "the header names \"a\" twice (FILE)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"F33\"|[6]|[0,24]|has the unknown dtype \"F33\"",
        "7|[6]|[0,24]|: dtype must be a string, got a number",
        "\"F32\"|[5]|[0,24]|: F32 of shape [5] needs 20 bytes, but data_offsets span 24",
        "\"F4\"|[3]|[0,24]|: F4 of shape [3] needs a broken number of bytes, but data_offsets span 24",
        "\"F32\"|[6]|[24,0]|: data_offsets must not decrease, got [24, 0]",
        "\"F32\"|[6]|[-24,0]|: \"data_offsets\" must hold whole numbers in [0, 2^63), got \"-24\"",
        "\"F32\"|[6.0]|[0,24]|: \"shape\" must hold whole numbers in [0, 2^63), got \"6.0\"",
        "\"F32\"|[\"6\"]|[0,24]|: \"shape\" must hold whole numbers in [0, 2^63), got \"6\"",
        "\"F32\"|[9223372036854775808]|[0,24]|: \"shape\" must hold whole numbers in [0, 2^63), got \"9223372036854775808\"",
        "\"F32\"|[4294967296,4294967296]|[0,24]|: the size of shape [4294967296, 4294967296] overflows",
        "\"F32\"|[1,1,1,1,1,1,1,1,6]|[0,24]|: \"shape\" must have at most 8 numbers, got more",
        "\"F32\"|6|[0,24]|: \"shape\" must be an array, got a number",
        "\"F32\"|[6]|[0,24,24]|: \"data_offsets\" must have at most 2 numbers, got more",
        "\"F32\"|[6]|[24]| must have dtype, shape and two data_offsets",
      })
  void open_refuses_whenATensorContradictsItself(
      String dtype, String shape, String offsets, String expected) {
    String separator = expected.startsWith(":") ? "" : " ";
    assertHeaderRefused(
        "{\"a\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}".formatted(dtype, shape, offsets),
        "tensor \"a\"" + separator + expected + " (FILE)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|the header must be an object, got an array",
        "''|the header must be an object, got nothing",
        "{} {}|the header goes on after its JSON object",
        "{\"a\":null}|tensor \"a\" must be an object, got null",
        "{\"a\":{}}|tensor \"a\" must have dtype, shape and two data_offsets",
        "{\"a\":{\"x\":1}}|tensor \"a\": \"x\" is not a key of a tensor",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}|tensor \"a\": \"dtype\" is given twice",
        "{\"__metadata__\":1}|__metadata__ must be an object, got a number",
        "{\"__metadata__\":{\"a\":1}}|every value of __metadata__ must be a string, got a number",
        "{\"__metadata__\":{},\"__metadata__\":{}}|the header names \"__metadata__\" twice",
      })
  void open_refuses_whenTheHeaderIsNoTableOfTensors(String header, String expected) {
    assertHeaderRefused(header, expected + " (FILE)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\":", "{\"a\" 1}", "{\"a\":{\"dtype\":F32}}", "\u0000\u0001"})
  void open_refusesInOneLine_whenTheHeaderIsNoJson(String header) {
    SafetensorsFixture.write(file, header, DATA);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(SafetensorsException.class)
        .message()
        .startsWith("the header is not valid JSON: ")
        .endsWith("(" + file + ")")
        .hasLineCount(1);
  }

  @Test
  void open_quotesNamesInOneLine_whenTheyAreHostile() {
    String name = "x\\n\\u0007" + "y".repeat(1000);
    assertHeaderRefused(
        "{\"%s\":1}".formatted(name),
        "tensor \"x??" + "y".repeat(117) + "...\" must be an object, got a number (FILE)");
  }

  @Test
  void open_refuses_whenNestingIsDeep() {
    SafetensorsFixture.write(file, "{\"a\":" + "[".repeat(100_000), DATA);
    assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(SafetensorsException.class);
  }
}
