/**
 * Update rules and learning-rate schedules, on plain arrays: neither Spark nor a tensor library is
 * needed to read, test or reuse them. A new one is one class here plus its line in {@link
 * org.sparkmto.optimizer.Optimizers} or {@link org.sparkmto.optimizer.Schedules}.
 */
package org.sparkmto.optimizer;
