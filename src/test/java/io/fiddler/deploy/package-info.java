/// How the service is deployed: the chart as Helm renders it, the images, the alert rules.
@NullMarked
package io.fiddler.deploy;

import org.jspecify.annotations.NullMarked;
