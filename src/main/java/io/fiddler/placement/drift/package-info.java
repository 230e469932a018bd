/// How far the traffic is from what a placement was made for. Pure.
@NullMarked
package io.fiddler.placement.drift;

import org.jspecify.annotations.NullMarked;
