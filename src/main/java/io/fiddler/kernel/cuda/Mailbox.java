package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;

/// Where results arrive on the host: the device writes them into pinned memory and then a flag with
/// their number, on which the host spins. That costs less than half of a copy and a
/// synchronisation, and no turn at the copy engine. One publication is under way at a time.
final class Mailbox implements AutoCloseable {
  private static final int HEADER_BYTES = 256;

  private final KernelQueue queue;
  private final CudaFunction publish;
  private final PinnedMemory pinned;
  private final MemorySegment memory;
  private final PublicationFlag flag;
  private final long state;
  private final long weightsOffset;
  private final long valuesOffset;

  /// @param maxChoices rows times experts a row
  /// @param maxValues most floats of a publication
  Mailbox(CudaDevice device, KernelQueue queue, Scratch scratch, int maxChoices, long maxValues) {
    this.queue = queue;
    this.publish = device.kernels().function("publish", "publish");
    this.state = scratch.at(Region.PUBLICATIONS);
    this.weightsOffset = HEADER_BYTES + (long) maxChoices * Integer.BYTES;
    this.valuesOffset = Math.ceilDiv(weightsOffset + (long) maxChoices * Float.BYTES, 256L) * 256;
    this.pinned = device.pinned(valuesOffset + maxValues * Float.BYTES, "results of kernels");
    this.memory = pinned.host().segment(MemoryKind.HOST);
    this.flag = new PublicationFlag(memory, queue.lane()::record);
  }

  /// Where values go that have no place of their own on the host, as the device sees it.
  long values() {
    return pinned.deviceAddress() + valuesOffset;
  }

  /// Queues publishing rows of values to `mirror`, and with them a router's choice.
  ///
  /// @param values `[rows, width]` on the device
  /// @param mirror pinned memory, as the device sees it
  /// @param rowCount where the device finds the number of rows
  /// @param mostRows rows at most
  /// @param choices what to publish with them
  void publish(long values, long mirror, long rowCount, int mostRows, int width, Choices choices) {
    queue
        .arguments()
        .address(values)
        .address(mirror)
        .address(rowCount)
        .i32(width)
        .address(choices.selected())
        .address(choices.weights())
        .i32(choices.topK())
        .address(pinned.deviceAddress() + HEADER_BYTES)
        .address(pinned.deviceAddress() + weightsOffset)
        .address(state)
        .address(pinned.deviceAddress());
    queue.launch(publish, queue.elements((long) mostRows * width));
  }

  /// A router's choice on the device.
  ///
  /// @param selected experts `[rows, topK]`
  /// @param weights the same shape
  /// @param topK experts a row
  record Choices(long selected, long weights, int topK) {
    static final Choices NONE = new Choices(0, 0, 0);
  }

  /// Waits for a publication that was queued, each once, in order.
  ///
  /// @param what is awaited, for the message of a failure
  void await(String what) {
    flag.awaitNext(what);
  }

  /// Copies the choice that was published.
  void readChoices(int rows, Routing routing) {
    int count = rows * routing.topK();
    MemorySegment.copy(memory, JAVA_INT, HEADER_BYTES, routing.selectedExperts(), 0, count);
    MemorySegment.copy(memory, JAVA_FLOAT, weightsOffset, routing.routingWeights(), 0, count);
    routing.rows(rows);
  }

  /// Copies values that were published to {@link #values}.
  void readValues(MemorySegment to, long sizeBytes) {
    MemorySegment.copy(memory, valuesOffset, to, 0, sizeBytes);
  }

  /// The same into an array.
  void readValues(float[] to, int offset, int count) {
    MemorySegment.copy(memory, JAVA_FLOAT, valuesOffset, to, offset, count);
  }

  @Override
  public void close() {
    pinned.close();
  }
}
