/// Every setting of the service with its default and its rule, and one sentence for a wrong one.
@NullMarked
package io.fiddler.config.settings;

import org.jspecify.annotations.NullMarked;
