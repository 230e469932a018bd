/// The model served, as the API shows it.
@NullMarked
package io.fiddler.api.model;

import org.jspecify.annotations.NullMarked;
