/**
 * What a run is judged by. A metric of a task is a function of sums that add up over any partition
 * of a split, so that ranks count on their own and the result does not depend on who counted what.
 *
 * <p>A new metric is one class: a {@link org.sparkmto.metric.Metric}, or for one label of a sample
 * a {@link org.sparkmto.metric.LabelMetric}, with a {@link org.sparkmto.metric.MetricEntry} beside
 * it that says its figures and which tasks it judges; a line in {@link
 * org.sparkmto.metric.Metrics}; and its test, with a line in the test that counts random parts.
 * Whoever needs the order of all answers lists them with {@code ScoredLabels}, which is exact; what
 * can be counted is summed.
 *
 * <p>Knows neither Spark nor libtorch nor what of this project trains.
 */
package org.sparkmto.metric;
