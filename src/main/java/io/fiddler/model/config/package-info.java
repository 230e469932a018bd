/// Reads config.json: its keys, architectures and their tensor names. Foreign spellings end here.
@NullMarked
package io.fiddler.model.config;

import org.jspecify.annotations.NullMarked;
