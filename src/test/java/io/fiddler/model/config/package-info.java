@NullMarked
package io.fiddler.model.config;

import org.jspecify.annotations.NullMarked;
