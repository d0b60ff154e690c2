/**
 * Checks the methods, optimisers and metrics of this project against a file of golden vectors: what
 * other implementations answered for given gradients and losses.
 *
 * <p>To check one more kind of entry, add a rule: a pattern for the entry's name and a check that
 * names the registered method with its options and compares. Whatever no rule or check reads is
 * listed as unknown.
 */
package org.sparkmto.experiment.golden;
