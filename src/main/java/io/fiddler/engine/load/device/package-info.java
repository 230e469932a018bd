/// The device an engine runs on: which one, what its kind needs beyond the contract of a device,
/// how its memory is divided, and who closes what was opened.
@NullMarked
package io.fiddler.engine.load.device;

import org.jspecify.annotations.NullMarked;
