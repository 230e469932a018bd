package io.fiddler.ops.health;

import io.fiddler.device.DeviceInfo;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;

/// What operators are told of the device in use.
final class DeviceDetails {
  private DeviceDetails() {}

  /// Of an engine that is ready. Without `memoryBytes` where only the host's memory limits.
  static Map<String, Object> of(Engine engine) {
    DeviceSummary device = engine.device();
    DeviceInfo info = device.info();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("kind", info.kind());
    details.put("name", info.name());
    details.put("reason", device.reason());
    if (info.memoryBytes() > 0) {
      details.put("memoryBytes", info.memoryBytes());
    }
    details.put("usedBytes", device.usedBytes());
    details.put("expertCapacity", device.expertCapacity());
    details.put("residentExperts", engine.residency().size());
    details.put("framesLent", device.cache().framesLent());
    details.put("kvCacheTokens", device.cache().tokens());
    details.put("mostKvCacheTokens", device.cache().mostTokens());
    details.put("cpuKernels", device.cpuKernels());
    return details;
  }
}
