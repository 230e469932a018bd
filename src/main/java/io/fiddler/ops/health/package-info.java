/// Actuator's health and info: how model, device and database are, and what they are.
@NullMarked
package io.fiddler.ops.health;

import org.jspecify.annotations.NullMarked;
