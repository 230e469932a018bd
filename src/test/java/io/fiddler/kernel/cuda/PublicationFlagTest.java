package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.device.Event;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With a thread in the device's place.
@NullMarked
final class PublicationFlagTest {
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final long A_MINUTE = 60_000_000_000L;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(16, 4);

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void awaitNext_seesWhatWasWrittenBeforeTheFlag() throws InterruptedException {
    PublicationFlag flag = new PublicationFlag(memory, () -> new LaneState(false, null));
    PublicationFlag answer =
        new PublicationFlag(memory.asSlice(8), () -> new LaneState(false, null));
    int rounds = 2000;
    Thread device =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 1; i <= rounds; i++) {
                memory.set(ValueLayout.JAVA_INT, 4, 3 * i);
                INT.setRelease(memory, 0L, i);
                answer.awaitNext("an answer");
              }
            });
    for (int i = 1; i <= rounds; i++) {
      flag.awaitNext("a number");
      assertThat(memory.get(ValueLayout.JAVA_INT, 4)).isEqualTo(3 * i);
      INT.setRelease(memory, 8L, i);
    }
    device.join();
  }

  @Test
  void awaitNext_reportsTheFailure_whenTheLaneFailed() {
    RuntimeException illegalAddress = new IllegalStateException("an illegal address");
    PublicationFlag flag =
        new PublicationFlag(memory, () -> new LaneState(true, illegalAddress), 0, A_MINUTE);
    assertThatIllegalStateException()
        .isThrownBy(() -> flag.awaitNext("logits"))
        .isSameAs(illegalAddress);
  }

  @Test
  void awaitNext_saysSo_whenTheLaneIsDoneAndPublishedNothing() {
    PublicationFlag flag =
        new PublicationFlag(memory, () -> new LaneState(true, null), 0, A_MINUTE);
    assertThatIllegalStateException()
        .isThrownBy(() -> flag.awaitNext("logits"))
        .withMessage("the device finished its work without publishing logits");
  }

  @Test
  void awaitNext_givesUp_whenTheDeviceHangs_andTheNextIsSoundAgain() {
    PublicationFlag flag = new PublicationFlag(memory, () -> new LaneState(false, null), 0, 0);
    assertThatIllegalStateException()
        .isThrownBy(() -> flag.awaitNext("logits"))
        .withMessage(
            "the device has not published logits within 0 s and is given up for this step");
    INT.setRelease(memory, 0L, 1); // too late for that step
    assertThatIllegalStateException().isThrownBy(() -> flag.awaitNext("logits"));
    INT.setRelease(memory, 0L, 3);
    assertThatCode(() -> flag.awaitNext("logits")).doesNotThrowAnyException();
  }

  /// The state of a lane's work.
  private record LaneState(boolean isDone, @Nullable RuntimeException failure) implements Event {
    @Override
    public void await() {
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public long doneNanos() {
      return 0;
    }
  }
}
