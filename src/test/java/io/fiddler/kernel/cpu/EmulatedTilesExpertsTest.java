package io.fiddler.kernel.cpu;

import io.fiddler.kernel.cpu.amx.AmxKernels;

class EmulatedTilesExpertsTest extends TiledExpertsContract {
  @Override
  AmxKernels tiles() {
    return TilesSource.emulated();
  }
}
