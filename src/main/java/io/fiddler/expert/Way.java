package io.fiddler.expert;

/// How an expert was computed in a step.
public enum Way {
  /// On the device, its weights were there: a hit.
  RESIDENT,
  /// On the device, its weights were copied there for the step.
  STREAMED,
  /// On the host.
  HOST,
  /// Some slices on the host, the others streamed.
  SPLIT
}
