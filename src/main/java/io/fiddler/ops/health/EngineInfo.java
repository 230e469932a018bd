package io.fiddler.ops.health;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.ModelSummary;
import io.fiddler.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/// Tells in `info` which model is served and on what, once both are known.
final class EngineInfo implements InfoContributor {
  private final Engine engine;

  EngineInfo(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void contribute(Info.Builder info) {
    if (engine.status().state() == EngineState.READY) {
      info.withDetail("model", model(engine.model()));
      info.withDetail("device", DeviceDetails.of(engine));
    }
  }

  private static Map<String, Object> model(ModelSummary model) {
    ModelConfig config = model.config();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", model.name());
    details.put("fingerprint", model.fingerprint());
    details.put("layers", model.grid().numLayers());
    details.put("experts", model.grid().size());
    details.put("contextLength", config.contextLength());
    details.put("vocabSize", config.vocabSize());
    details.put("expertSizeBytes", model.expertSizeBytes());
    details.put("weightsSizeBytes", model.weightsSizeBytes());
    return details;
  }
}
