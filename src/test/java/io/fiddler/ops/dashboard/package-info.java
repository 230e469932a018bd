/// Tests of the dashboard without a browser.
@NullMarked
package io.fiddler.ops.dashboard;

import org.jspecify.annotations.NullMarked;
