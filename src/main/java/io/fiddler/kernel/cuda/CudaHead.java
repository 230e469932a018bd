package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.kernel.cuda.Mailbox.Choices;
import io.fiddler.kernel.cuda.Projections.Product;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.Matrix;

/// `logits = head(rmsNorm(x))` for chosen rows, some at a time.
final class CudaHead {
  private static final int HEADER_BYTES = 16;

  private final Scratch scratch;
  private final TableUploads uploads;
  private final Mailbox mailbox;
  private final Projections projections;
  private final RmsNorm rmsNorm;

  CudaHead(
      CudaDevice device,
      KernelQueue queue,
      Scratch scratch,
      TableUploads uploads,
      Mailbox mailbox,
      Projections projections) {
    this.scratch = scratch;
    this.uploads = uploads;
    this.mailbox = mailbox;
    this.projections = projections;
    this.rmsNorm = new RmsNorm(device.kernels(), queue);
  }

  /// Bytes of the table that says which rows: their number, then their indices.
  static long tableBytes(int rows) {
    return HEADER_BYTES + (long) rows * Integer.BYTES;
  }

  void run(Matrix norm, float eps, Matrix head, int[] rows, Matrix x, float[] logits) {
    int vocabSize = head.rows();
    long from = DeviceRows.activations("x", x, 0, head.cols());
    if (logits.length < (long) rows.length * vocabSize) {
      throw new IllegalArgumentException(
          "logits must hold %d rows of %d, got %d floats"
              .formatted(rows.length, vocabSize, logits.length));
    }
    for (int row : rows) {
      if (row < 0 || row >= x.rows()) {
        throw new IllegalArgumentException(
            "a row of the head must be in [0, %d), got %d".formatted(x.rows(), row));
      }
    }
    int atOnce = scratch.layout().headRows();
    for (int first = 0; first < rows.length; first += atOnce) {
      int count = Math.min(atOnce, rows.length - first);
      submit(norm, eps, head, rows, first, count, from);
      mailbox.await("logits");
      uploads.consumed();
      mailbox.readValues(logits, first * vocabSize, count * vocabSize);
    }
  }

  private void submit(
      Matrix norm, float eps, Matrix head, int[] rows, int first, int count, long x) {
    long at = uploads.take(tableBytes(count));
    uploads.memory().set(JAVA_INT, at, count);
    for (int i = 0; i < count; i++) {
      uploads.memory().set(JAVA_INT, at + HEADER_BYTES + 4L * i, rows[first + i]);
    }
    long rowCount = scratch.at(Region.HEAD_TABLE);
    uploads.send(at, tableBytes(count), rowCount);
    long normed = scratch.at(Region.HEAD_NORMED);
    long rounded = scratch.at(Region.HEAD_ROUNDED);
    long logits = scratch.at(Region.LOGITS);
    boolean many = projections.useBlas(head, count);
    rmsNorm.run(norm, eps, x, rowCount + HEADER_BYTES, rowCount, count, normed, many ? rounded : 0);
    projections.multiply(normed, rounded, rowCount, count, new Product(head, logits));
    mailbox.publish(logits, mailbox.values(), rowCount, count, head.rows(), Choices.NONE);
  }
}
