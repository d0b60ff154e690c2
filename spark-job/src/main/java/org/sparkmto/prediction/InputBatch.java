package org.sparkmto.prediction;

import java.util.List;
import org.sparkmto.data.Batch;

/**
 * Samples side by side, without their targets.
 *
 * @param ids identities of the samples
 * @param inputs their input columns, behind which there may be samples of zeros that nobody asked
 *     for: every batch of a network has the same size, so that the answer for a sample does not
 *     depend on how many others are beside it
 */
record InputBatch(List<String> ids, Batch inputs) {}
