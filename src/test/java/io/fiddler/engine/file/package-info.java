@NullMarked
package io.fiddler.engine.file;

import org.jspecify.annotations.NullMarked;
