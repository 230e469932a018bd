package io.fiddler.scale;

import java.util.concurrent.Semaphore;

/// What a fleet's replicas tell while they run.
///
/// @param batches whole transactions with their numbers, partitions looked for included
/// @param commits their COMMIT alone
/// @param followed a permit for each time that a replica followed another
record FleetTimes(Latencies batches, Latencies commits, Semaphore followed) {
  FleetTimes() {
    this(new Latencies(), new Latencies(), new Semaphore(0));
  }

  void clear() {
    batches.clear();
    commits.clear();
  }
}
