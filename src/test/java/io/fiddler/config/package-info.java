/// Tests of settings, wiring and lifecycle.
@NullMarked
package io.fiddler.config;

import org.jspecify.annotations.NullMarked;
