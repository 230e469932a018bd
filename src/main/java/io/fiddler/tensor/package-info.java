/// Element types, shapes and off-heap memory. Views know whether their bytes are in host or device
/// memory and refuse to be read as the other kind. Depends on nothing but the JDK.
@NullMarked
package io.fiddler.tensor;

import org.jspecify.annotations.NullMarked;
