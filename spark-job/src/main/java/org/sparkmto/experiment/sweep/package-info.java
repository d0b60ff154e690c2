/**
 * Sweeps: a grid of runs from one file, trained on the cluster, and what they come to together.
 * {@link org.sparkmto.experiment.sweep.SweepGrid} says which runs there are, {@link
 * org.sparkmto.experiment.sweep.Sweep} makes them, and {@link
 * org.sparkmto.experiment.sweep.SweepFindings} compares what they left in their directories.
 */
package org.sparkmto.experiment.sweep;
