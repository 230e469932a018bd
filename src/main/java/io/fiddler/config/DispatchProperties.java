package io.fiddler.config;

import io.fiddler.engine.EngineOptions.DispatchMode;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How experts that are not resident are computed.
///
/// @param mode auto follows the latency model measured on this machine; host, stream and split
///   force one way, for tests and benchmarks.
record DispatchProperties(@DefaultValue("auto") DispatchMode mode) {}
