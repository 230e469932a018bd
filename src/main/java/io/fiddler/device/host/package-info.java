/// No device at all: everything is in host memory and computed by the CPU.
@NullMarked
package io.fiddler.device.host;

import org.jspecify.annotations.NullMarked;
