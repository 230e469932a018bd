package io.fiddler.scale;

/// How long a fleet's writers took.
///
/// @param batches whole transactions with their numbers, partitions looked for included
/// @param commits their COMMIT alone
record FleetTimes(Latencies batches, Latencies commits) {
  FleetTimes() {
    this(new Latencies(), new Latencies());
  }

  void clear() {
    batches.clear();
    commits.clear();
  }
}
