package io.fiddler.model.config;

/// What a tensor does in a model, whatever a checkpoint calls it.
public enum TensorRole {
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  ATTENTION_NORM,
  Q_PROJ,
  K_PROJ,
  V_PROJ,
  O_PROJ,
  MLP_NORM,
  ROUTER,
  GATE_PROJ,
  UP_PROJ,
  DOWN_PROJ;

  /// Whether it is a vector that scales the normalised hidden state.
  public boolean isNorm() {
    return this == FINAL_NORM || this == ATTENTION_NORM || this == MLP_NORM;
  }
}
