package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import java.util.ArrayDeque;
import java.util.Deque;

/// What the segments are made of while they are open. Owns everything that has to be closed.
///
/// @param uploads tables to the device
/// @param mailbox results to the host
/// @param ropes rotary embeddings on the device
/// @param step the rows of the current step
/// @param layer attention and router
/// @param graphs decode steps of them
/// @param useGraphs whether decode steps are captured
/// @param experts the experts
/// @param combine adding up
/// @param head the head
/// @param owned to be closed, the last opened first
record CudaParts(
    TableUploads uploads,
    Mailbox mailbox,
    RopeTables ropes,
    StepRows step,
    CudaLayer layer,
    DecodeGraphs graphs,
    boolean useGraphs,
    CudaExperts experts,
    CudaCombine combine,
    CudaHead head,
    Owned owned)
    implements AutoCloseable {

  static CudaParts open(CudaDevice device, Shape shape, boolean useGraphs) {
    Owned owned = new Owned();
    try {
      KernelQueue queue = new KernelQueue(device);
      ScratchLayout layout = new ScratchLayout(shape);
      Scratch scratch = owned.add(new Scratch(layout, device.memory()));
      TableUploads uploads = owned.add(new TableUploads(device, queue, layout));
      long values =
          Math.max(
              (long) layout.rows() * shape.hiddenSize(),
              (long) layout.headRows() * shape.vocabSize());
      int choices = layout.rows() * shape.experts().topK();
      Mailbox mailbox = owned.add(new Mailbox(device, queue, scratch, choices, values));
      StepRows step = new StepRows(shape, device.kernels(), queue, uploads, scratch);
      Projections projections = new Projections(device, queue, shape.batchInvariant());
      return new CudaParts(
          uploads,
          mailbox,
          new RopeTables(uploads, scratch),
          step,
          new CudaLayer(device, queue, scratch, step, mailbox, projections, shape.cache().type()),
          owned.add(new DecodeGraphs(device.compute())),
          useGraphs,
          new CudaExperts(shape, device, queue, uploads, scratch),
          new CudaCombine(device.kernels(), queue, uploads, scratch),
          new CudaHead(device, queue, scratch, uploads, mailbox, projections),
          owned);
    } catch (RuntimeException | Error e) {
      try (owned) {
        throw e;
      }
    }
  }

  /// Queues attention and router of one layer for the current step.
  void submit(LayerCall call) {
    if (useGraphs && step.isDecode()) {
      graphs.launch(call, step.gridRows(), () -> layer.submit(call));
    } else {
      layer.submit(call);
    }
  }

  @Override
  public void close() {
    owned.close();
  }

  /// Closes what it was given, the last first, even if some of it fails.
  static final class Owned implements AutoCloseable {
    /// What is closed without a checked exception.
    private interface Closing {
      void close();
    }

    private final Deque<Closing> closings = new ArrayDeque<>();

    Scratch add(Scratch scratch) {
      closings.push(scratch::close);
      return scratch;
    }

    TableUploads add(TableUploads uploads) {
      closings.push(uploads::close);
      return uploads;
    }

    Mailbox add(Mailbox mailbox) {
      closings.push(mailbox::close);
      return mailbox;
    }

    DecodeGraphs add(DecodeGraphs graphs) {
      closings.push(graphs::close);
      return graphs;
    }

    @Override
    public void close() {
      RuntimeException failure = null;
      while (!closings.isEmpty()) {
        try {
          closings.pop().close();
        } catch (RuntimeException e) {
          if (failure == null) {
            failure = e;
          } else {
            failure.addSuppressed(e);
          }
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}
