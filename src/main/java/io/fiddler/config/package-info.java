/// Configuration properties, wiring and lifecycle of the service.
@NullMarked
package io.fiddler.config;

import org.jspecify.annotations.NullMarked;
