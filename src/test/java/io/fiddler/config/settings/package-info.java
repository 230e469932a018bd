@NullMarked
package io.fiddler.config.settings;

import org.jspecify.annotations.NullMarked;
