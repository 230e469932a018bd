package io.fiddler.learning.simulation;

/// A simulation could not be made now; the message is one sentence for people.
public final class SimulationBusyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SimulationBusyException(String sentence) {
    super(sentence);
  }
}
