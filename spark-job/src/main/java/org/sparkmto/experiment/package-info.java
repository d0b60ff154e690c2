/** Experiments on top of training: benchmarks and comparisons. */
package org.sparkmto.experiment;
