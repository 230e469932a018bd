package io.fiddler.kernel.cuda;

import java.util.List;

/// The PTX files that the segments take kernels from.
final class KernelFiles {
  /// Without their ending. `attention_prefill` is for caches in float32 only and seldom needed.
  static final List<String> USED =
      List.of(
          "add_rows",
          "attention_decode",
          "attention_tensor",
          "combine",
          "embed",
          "expert_down",
          "expert_gate_up",
          "fetch",
          "gather_rows",
          "linear",
          "publish",
          "rms_norm",
          "rotary_kv",
          "router",
          "swiglu",
          "untile");

  private KernelFiles() {}
}
