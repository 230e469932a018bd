package io.fiddler.engine.load;

/// The phases of loading, in their order, and how much of loading is done when each begins: reading
/// the weights is most of it.
enum LoadPhase {
  OPENING("opening the device", 0),
  READING("reading weights", 0),
  PAGE_LOCKING("page-locking experts", 0.8),
  WARMING("warming kernels", 0.86),
  FILLING("loading the dense part", 0.88),
  CHECKING("checking lanes", 0.89),
  MEASURING("measuring latencies", 0.9),
  BRINGING("loading resident experts", 0.95);

  private final String text;
  private final double done;

  LoadPhase(String text, double done) {
    this.text = text;
    this.done = done;
  }

  /// Tells `progress` that the phase begins.
  void tell(PhaseProgress progress) {
    progress.at(text, done);
  }

  /// Tells `progress` what the phase is at.
  void tell(PhaseProgress progress, String detail) {
    progress.at(text + ": " + detail, done);
  }

  /// Begins the phase, which moves bytes.
  LoadMeter meter(PhaseProgress progress) {
    LoadPhase[] phases = values();
    double end = ordinal() + 1 < phases.length ? phases[ordinal() + 1].done : 1;
    return new LoadMeter(text, done, end, progress);
  }
}
