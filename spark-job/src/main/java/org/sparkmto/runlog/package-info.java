/**
 * What a run writes down, and the only place that knows how: {@code run.json} ({@link
 * org.sparkmto.runlog.RunHeader}), {@code metrics.jsonl} ({@link org.sparkmto.runlog.LogLine},
 * written by {@link org.sparkmto.runlog.MetricsLog} and read by {@link
 * org.sparkmto.runlog.LogReader}) and {@code evaluation-<split>.json} ({@link
 * org.sparkmto.runlog.Evaluation}). Every record is written and read by its own class, and its
 * files bear the number of their format, {@link org.sparkmto.runlog.LogFormat}. The same numbers
 * for TensorBoard, on request, {@link org.sparkmto.runlog.TensorBoardLog} writes. What a person
 * should look at first, {@link org.sparkmto.runlog.Cautions} finds in them.
 */
package org.sparkmto.runlog;
