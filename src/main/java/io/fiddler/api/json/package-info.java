/// Reading and writing JSON so that a wrong field is named with its rule and its value.
@NullMarked
package io.fiddler.api.json;

import org.jspecify.annotations.NullMarked;
