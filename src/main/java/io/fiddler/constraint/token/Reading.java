package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// One way in which a text can be read so far: within a terminal, with what must follow it.
///
/// @param residual what is left of the terminal; may continue
/// @param rest null for nothing more
record Reading(Residual residual, @Nullable Todo rest) {}
