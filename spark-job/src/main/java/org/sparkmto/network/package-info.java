/**
 * Networks with hard parameter sharing on libtorch: an encoder shared by all tasks, the marked
 * representation z it ends in, and one head per task.
 *
 * <p>To add a network, write one {@link org.sparkmto.network.Architecture} that declares its
 * parameters and says how a batch runs through them, register it in {@link
 * org.sparkmto.network.Architectures}, and give it a test. A network of maps is an {@code Encoder},
 * which declares its maps and the {@link org.sparkmto.network.Block}s that give them, so that they
 * can be run again instead of kept, and a {@code TaskHead} for pixels: {@code EncoderWithHeads}
 * makes z of the maps, gives tasks of whole images a linear head, and runs the batch. To add a kind
 * of head, write one {@code TaskHead}, which reads maps or means by way of {@code Representation},
 * and name it in the networks that use it. Layers compute with the operations of {@link
 * org.sparkmto.network.Functional} alone: these are written down where a network is exported, see
 * {@link org.sparkmto.network.NetworkProgram}. To add a loss, do the same with {@link
 * org.sparkmto.network.TaskLoss} and {@link org.sparkmto.network.TaskLosses}. Over which samples
 * batch normalisation takes its statistics is one {@link org.sparkmto.network.BatchStatistics} of
 * the whole network.
 *
 * <p>Native memory: a {@link org.sparkmto.network.Replica} owns what lives as long as the rank, a
 * {@link org.sparkmto.network.ForwardPass} owns everything of one step. Both are closed by whoever
 * opened them; tensors handed out are borrowed and valid until then.
 */
package org.sparkmto.network;
