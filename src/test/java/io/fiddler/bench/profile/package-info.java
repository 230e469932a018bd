@NullMarked
package io.fiddler.bench.profile;

import org.jspecify.annotations.NullMarked;
