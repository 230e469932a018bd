package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.kernel.Routing;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// The activations of a step, sized for the largest and reused. Where the device computes in host
/// memory, the host's copies are the device's buffers themselves. Owns them.
public final class StepBuffers implements AutoCloseable {
  private final Shape shape;
  private final Allocation device;
  private final @Nullable HostMemory ownHost;
  private final Matrix x;
  private final Matrix normed;
  private final Matrix parts;
  private final Matrix hostNormed;
  private final Matrix hostParts;
  private final Routing routing;

  /// What the buffers must hold.
  ///
  /// @param maxRows most rows of a step
  /// @param hiddenSize width of a row
  /// @param topK experts a row
  /// @param sums how a split expert's slices on the device are added to the host's
  /// @param maxSplitParts most rows of slices that are summed later
  public record Shape(int maxRows, int hiddenSize, int topK, SliceSums sums, int maxSplitParts) {
    int maxParts() {
      return maxRows * topK + maxSplitParts;
    }

    private long rowBytes() {
      return (long) hiddenSize * ElementType.F32.sizeBytes();
    }

    /// Bytes on the device.
    public long deviceBytes() {
      return (2L * maxRows + maxParts()) * rowBytes();
    }

    /// Bytes on the host, where the device does not compute in host memory.
    public long hostBytes() {
      return (maxRows + (long) maxRows * topK) * rowBytes();
    }
  }

  public StepBuffers(Shape shape, Device device) {
    this(
        shape,
        device,
        device.memoryKind() == MemoryKind.HOST ? null : HostMemory.allocate(shape.hostBytes()));
  }

  private StepBuffers(Shape shape, Device device, @Nullable HostMemory host) {
    this(shape, device, host == null ? null : host.view(), host);
  }

  /// With host memory of the caller, who keeps it open: page-locked, which copies like better.
  ///
  /// @param host {@link Shape#hostBytes}
  public StepBuffers(Shape shape, Device device, MemoryView host) {
    this(shape, device, host, null);
  }

  private StepBuffers(
      Shape shape, Device device, @Nullable MemoryView host, @Nullable HostMemory ownHost) {
    this.shape = shape;
    this.ownHost = ownHost;
    this.device = allocate(shape, device, ownHost);
    MemoryView view = this.device.view();
    this.x = matrix(view, 0, shape.maxRows());
    this.normed = matrix(view, shape.maxRows(), shape.maxRows());
    this.parts = matrix(view, 2 * shape.maxRows(), shape.maxParts());
    this.hostNormed = host == null ? normed : matrix(host, 0, shape.maxRows());
    this.hostParts =
        host == null ? parts : matrix(host, shape.maxRows(), shape.maxRows() * shape.topK());
    this.routing = new Routing(shape.maxRows(), shape.topK());
  }

  private static Allocation allocate(Shape shape, Device device, @Nullable HostMemory ownHost) {
    try {
      return device.memory().allocate(shape.deviceBytes(), "activations");
    } catch (RuntimeException e) {
      if (ownHost != null) {
        ownHost.close();
      }
      throw e;
    }
  }

  private Matrix matrix(MemoryView view, int firstRow, int rows) {
    long bytes = rows * shape.rowBytes();
    MemoryView part = view.slice(firstRow * shape.rowBytes(), bytes);
    return new Matrix(part, ElementType.F32, rows, shape.hiddenSize());
  }

  public Shape shape() {
    return shape;
  }

  /// The residual stream `[maxRows, hiddenSize]`, on the device.
  Matrix x() {
    return x;
  }

  /// The experts' input `[maxRows, hiddenSize]`, on the device.
  public Matrix normed() {
    return normed;
  }

  /// Parts of the experts' results `[maxParts, hiddenSize]`, on the device.
  public Matrix parts() {
    return parts;
  }

  /// The experts' input `[maxRows, hiddenSize]`, on the host.
  public Matrix hostNormed() {
    return hostNormed;
  }

  /// The host's results `[maxRows * topK, hiddenSize]` at least, on the host.
  public Matrix hostParts() {
    return hostParts;
  }

  /// The router's choice of the current layer.
  Routing routing() {
    return routing;
  }

  @Override
  public void close() {
    if (ownHost != null) {
      ownHost.close();
    }
    device.close();
  }
}
