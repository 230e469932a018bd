package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.model.load.SyntheticCheckpoint;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// `fiddler synthesize`: writes a synthetic model as a checkpoint, so that loading one can be
/// measured without a download.
final class SynthesizeCommand implements Command {
  private static final String USAGE =
      """
      usage: fiddler synthesize MODEL FOLDER [options]
      Writes random weights of a shape as a Hugging Face checkpoint without a tokenizer, to measure how
      fast it is loaded. MODEL is synthetic:mixtral-8x7b?layers=16&seed=1 or another synthetic model, FOLDER
      is empty or not there yet. Loaded from there, the model has the same weights as by that name.

        --shard-size=5GB         most data of a file
        --threads=N              threads that make and write it (default: processors)
      """;

  private static final long DEFAULT_SHARD_BYTES = 5L << 30;

  @Override
  public String usage() {
    return USAGE;
  }

  @Override
  public void run(CommandLine line, Path home, Console console) {
    List<String> operands = line.operands(2);
    if (operands.size() < 2) {
      throw new UsageException("synthesize needs a synthetic model and a folder");
    }
    long shardBytes = line.bytes("shard-size", DEFAULT_SHARD_BYTES);
    int threads = line.integer("threads", Runtime.getRuntime().availableProcessors(), 1);
    line.requireAllTaken();
    if (shardBytes < 1) {
      throw new UsageException("--shard-size must be at least one byte");
    }
    if (!SyntheticCheckpoint.isSynthetic(operands.getFirst())) {
      throw new UsageException(
          "synthesize writes synthetic models, such as synthetic:mixtral-8x7b?layers=16, got "
              + operands.getFirst());
    }
    SyntheticCheckpoint checkpoint = SyntheticCheckpoint.of(operands.getFirst(), threads);
    Path folder = folder(operands.get(1));
    ByteLines lines = new ByteLines("writing " + folder, console);
    checkpoint.write(folder, shardBytes, lines::at);
    double gigabytes = checkpoint.sizeBytes() / 1e9;
    console.result(
        "%s: %.2f GB in %.1f s (%.2f GB/s)",
        folder, gigabytes, lines.seconds(), gigabytes / lines.seconds());
  }

  private static Path folder(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new UsageException("the folder cannot be used: " + e.getMessage());
    }
  }
}
