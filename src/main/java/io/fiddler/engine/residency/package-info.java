/// What the device's expert frames hold: resident experts, experts on their way there, and blocks
/// of the key/value cache they are lent to. Changes come between steps, from the step thread.
@NullMarked
package io.fiddler.engine.residency;

import org.jspecify.annotations.NullMarked;
