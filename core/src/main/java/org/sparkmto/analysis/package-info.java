/**
 * What gradients of several tasks and samples have to do with each other: measures of pairs and of
 * whole systems of gradients, and what each task contributes to an update, by layer, by stage and
 * for a whole network. Pure functions of sums over parameters, in double: whoever has the gradients
 * in slices adds the sums of the slices up and comes to the same numbers.
 *
 * <p>{@link org.sparkmto.analysis.PairSums} are the sums of one set of gradients, {@link
 * org.sparkmto.analysis.PairStatistics} what they say; {@link org.sparkmto.analysis.GradientSums}
 * are those of a step, {@link org.sparkmto.analysis.GradientAnalysis} what they say.
 */
package org.sparkmto.analysis;
