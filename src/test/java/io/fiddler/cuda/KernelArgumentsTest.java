package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class KernelArgumentsTest {
  private final KernelArguments arguments = new KernelArguments();

  /// As the driver reads it: the address at `index` leads to the value.
  @SuppressWarnings("restricted")
  private MemorySegment value(int index) {
    MemorySegment addresses =
        MemorySegment.ofAddress(arguments.pointer().address()).reinterpret(32 * Long.BYTES);
    return MemorySegment.ofAddress(addresses.getAtIndex(ValueLayout.JAVA_LONG, index))
        .reinterpret(Long.BYTES);
  }

  @Test
  void driver_findsEachArgumentByItsAddress() {
    arguments.address(0x7f00_1234_5678L).i32(-5).f32(1.5f).i64(Long.MIN_VALUE);
    assertThat(value(0).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x7f00_1234_5678L);
    assertThat(value(1).get(ValueLayout.JAVA_INT, 0)).isEqualTo(-5);
    assertThat(value(2).get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1.5f);
    assertThat(value(3).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(Long.MIN_VALUE);
    assertThat(arguments.count()).isEqualTo(4);
  }

  @Test
  void clear_beginsAnew_atTheSamePlace() {
    long before = arguments.i32(1).pointer().address();
    arguments.clear().i32(2);
    assertThat(arguments.count()).isEqualTo(1);
    assertThat(arguments.pointer().address()).isEqualTo(before);
    assertThat(value(0).get(ValueLayout.JAVA_INT, 0)).isEqualTo(2);
  }

  @Test
  void argument_isRefused_whenThereAreTooMany() {
    for (int i = 0; i < 32; i++) {
      arguments.i32(i);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> arguments.i32(32))
        .withMessage("a kernel takes at most 32 arguments; clear() begins the next launch");
  }
}
