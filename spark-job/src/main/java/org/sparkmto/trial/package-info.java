/**
 * Steps and exchanges that are made to be timed or compared, on drawn data or on a run's own: what
 * {@code bench} prints, and what {@code plan --measure} predicts from.
 */
package org.sparkmto.trial;
