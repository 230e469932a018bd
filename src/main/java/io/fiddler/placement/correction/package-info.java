/// What the traffic is now, and which experts should change places because of it: a running window
/// of counts over a long history, exchanges by expected gain, and how far the traffic has moved
/// from the history. Pure: time is passed in.
@NullMarked
package io.fiddler.placement.correction;

import org.jspecify.annotations.NullMarked;
