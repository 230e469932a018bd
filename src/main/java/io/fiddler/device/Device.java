package io.fiddler.device;

import io.fiddler.tensor.MemoryKind;

/// A device that computes the dense part of a model and its resident and streamed experts. A value,
/// never a singleton: several may exist. Lanes and memory are used from one thread, the step
/// thread.
///
/// Work on the {@link #compute() compute lane} runs in order of submission, and so do copies on the
/// {@link #copy() copy lane}; the two run concurrently with each other and with the host, and meet
/// only through {@link Event}s.
public interface Device extends AutoCloseable {
  /// What it is, for people.
  DeviceInfo info();

  /// In which kind of memory its kernels work: HOST for `none`, DEVICE else.
  MemoryKind memoryKind();

  /// The memory it has.
  DeviceMemory memory();

  /// The lane that kernels run on.
  Lane compute();

  /// The lane that copies run on.
  CopyLane copy();

  /// Frees everything; a second call does nothing.
  @Override
  void close();
}
