@NullMarked
package io.fiddler.placement.policy;

import org.jspecify.annotations.NullMarked;
