/** Generators of raw data sets: real garments, put together so that there are many tasks. */
package org.sparkmto.preprocessing.samples;
