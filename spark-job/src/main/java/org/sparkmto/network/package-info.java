/**
 * Networks with hard parameter sharing on libtorch: an encoder shared by all tasks, the marked
 * representation z it ends in, and one head per task.
 *
 * <p>What a network is made of and how a batch runs through it and back is here; the networks
 * themselves are in {@code architecture}, and none is known here by its name. To add a loss, write
 * one {@link org.sparkmto.network.TaskLoss}, register it in {@link
 * org.sparkmto.network.TaskLosses}, and give it a test. Over which samples batch normalisation
 * takes its statistics is one {@link org.sparkmto.network.BatchStatistics} of the whole network.
 *
 * <p>Native memory: a {@link org.sparkmto.network.Replica} owns what lives as long as the rank, a
 * {@link org.sparkmto.network.ForwardPass} owns everything of one step. Both are closed by whoever
 * opened them; tensors handed out are borrowed and valid until then.
 */
package org.sparkmto.network;
