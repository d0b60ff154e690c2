package org.sparkmto.preprocessing.nyuv2;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.RealMap;

/**
 * A sample as its files hold it, before checks and resizing.
 *
 * @param image red, green and blue
 * @param labels classes from 0, and {@link org.sparkmto.data.Task#MISSING} for pixels without one
 * @param depth metres; 0, NaN and infinite where there is none
 * @param normals three channels as the file has them; zeros or NaN where there are none; null if
 *     they are to be fitted to the depths
 * @param edges 0 or 1; null if there is no task of edges
 */
record Scene(Image image, IntegerMap labels, RealMap depth, RealMap normals, IntegerMap edges) {}
